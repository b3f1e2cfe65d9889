package batchnorm.spark.columns;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a model's summary, which has a row a feature, and of its statistics, one row. */
public final class SummarySchema {
  /** What the model as a whole says of itself. */
  public static final StructType STATISTICS =
      new StructType()
          .add("count", DataTypes.LongType, false)
          .add("numBatchesTracked", DataTypes.LongType, false)
          .add("numFeatures", DataTypes.IntegerType, false)
          .add("featureNames", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("mean", SQLDataTypes.VectorType(), false)
          .add("variance", SQLDataTypes.VectorType(), false)
          .add("std", SQLDataTypes.VectorType(), false);

  private SummarySchema() {}

  /** Returns the columns of a summary of groups, which {@code keys} tell apart. */
  public static StructType ofGroups(StructType keys) {
    return after(keys).add("uses", DataTypes.StringType, false);
  }

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
