package batchnorm.spark.columns;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a model's summary, which has a row a feature. */
public final class SummarySchema {
  private SummarySchema() {}

  /** Returns {@code first} and then the columns of a feature. */
  public static StructType after(StructType first) {
    return first
        .add("name", DataTypes.StringType, false)
        .add("count", DataTypes.LongType, false)
        .add("missing", DataTypes.LongType, false)
        .add("mean", DataTypes.DoubleType, false)
        .add("variance", DataTypes.DoubleType, false)
        .add("std", DataTypes.DoubleType, false)
        .add("constant", DataTypes.BooleanType, false)
        .add("smallerThanEps", DataTypes.BooleanType, false);
  }
}
