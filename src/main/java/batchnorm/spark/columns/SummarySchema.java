package batchnorm.spark.columns;

import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Recipe;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a model's summary, which has a row a feature, and of its statistics, one row. The
 * only place that knows their order.
 */
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
          .add("std", SQLDataTypes.VectorType(), false)
          .add("warnings", DataTypes.createArrayType(DataTypes.StringType, false), false);

  private static final StructType OF_A_FEATURE =
      new StructType()
          .add("name", DataTypes.StringType, false)
          .add("count", DataTypes.LongType, false)
          .add("missing", DataTypes.LongType, false)
          .add("mean", DataTypes.DoubleType, false)
          .add("variance", DataTypes.DoubleType, false)
          .add("std", DataTypes.DoubleType, false)
          .add("constant", DataTypes.BooleanType, false)
          .add("smallerThanEps", DataTypes.BooleanType, false)
          .add("stdAfter", DataTypes.DoubleType, false);

  /** The number of columns of a feature. */
  public static final int FEATURE_COLUMNS = OF_A_FEATURE.size();

  private SummarySchema() {}

  /**
   * Returns the columns of a summary of groups, which {@code keys} tell apart. A key that is called
   * as one of the columns after it, such as {@code name}, is called {@code group_name}.
   */
  public static StructType ofGroups(StructType keys) {
    Set<String> others = keys(withUses(after(new StructType())));
    Set<String> used = keys(keys);
    used.addAll(others);
    StructType first = new StructType();
    for (StructField field : keys.fields()) {
      String name = field.name();
      if (others.contains(key(name))) {
        while (!used.add(key(name))) {
          name = "group_" + name;
        }
      }
      first = first.add(name, field.dataType(), field.nullable(), field.metadata());
    }
    return withUses(after(first));
  }

  private static Set<String> keys(StructType columns) {
    return Arrays.stream(columns.fieldNames())
        .map(SummarySchema::key)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static StructType withUses(StructType columns) {
    return columns.add("uses", DataTypes.StringType, false);
  }

  /** Names that some session takes for one have the same key. */
  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Returns {@code first} and then the columns of a feature. */
  public static StructType after(StructType first) {
    StructType schema = first;
    for (StructField field : OF_A_FEATURE.fields()) {
      schema = schema.add(field);
    }
    return schema;
  }

  /** The place of {@code column} among the columns of a feature. */
  public static int placeOf(String column) {
    return OF_A_FEATURE.fieldIndex(column);
  }

  /**
   * Writes the columns of feature {@code j}.
   *
   * @param cells the cells of a row, which get the feature's from {@code at} on
   */
  public static void fill(
      Object[] cells,
      int at,
      String name,
      long count,
      long missing,
      Statistics statistics,
      Recipe recipe,
      int j) {
    Object[] feature = {
      name,
      count,
      missing,
      statistics.mean(j),
      statistics.variance(j, recipe.correction()),
      statistics.deviation(j, recipe.correction()),
      recipe.isConstant(statistics, j),
      recipe.flattens(statistics, j),
      recipe.stdAfter(statistics, j)
    };
    System.arraycopy(feature, 0, cells, at, feature.length);
  }
}
