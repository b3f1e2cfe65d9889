package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupKeys;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.GroupRecipe;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;

/**
 * Coefficients of every group, found by the bytes of its key. The coefficients of all rows come
 * last.
 */
final class GroupTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private final GroupKeys keys;
  private final Coefficients coefficients;

  private GroupTable(GroupKeys keys, Coefficients coefficients) {
    this.keys = keys;
    this.coefficients = coefficients;
  }

  /**
   * Returns the table of {@code groups}.
   *
   * @param keyType the group columns
   * @param groups a row of statistics for each group, in the layout of {@link GroupStatistics}
   */
  static GroupTable of(StructType keyType, Dataset<Row> groups, GroupRecipe recipe) {
    QueryExecution query = ClassicSpark.query(groups);
    InternalRow[] rows = query.executedPlan().executeCollect();
    GroupKeys keys = new GroupKeys();
    List<Coefficients> all = new ArrayList<>();
    GroupName name =
        GroupName.of(
            Arrays.stream(keyType.fields()).map(InputColumn::of).toList(), groups.sparkSession());
    UnsafeProjection projection = GroupKey.projection(keyType, 0);
    for (InternalRow row : rows) {
      UnsafeRow key = projection.apply(row.getStruct(GroupStatistics.GROUP, keyType.size()));
      keys.number(base(key), GroupKey.start(key), key.getSizeInBytes());
      all.add(GroupCoefficients.ofGroup(recipe, row, () -> name.of(key)));
    }
    all.add(recipe.global());
    return new GroupTable(keys, Coefficients.of(all, recipe.features()));
  }

  /** Returns the number of the group with this key, or -1. */
  int number(UnsafeRow key) {
    return keys.find(base(key), GroupKey.start(key), key.getSizeInBytes());
  }

  /** The number of the coefficients of all rows. */
  int global() {
    return keys.count();
  }

  Coefficients coefficients() {
    return coefficients;
  }

  private static byte[] base(UnsafeRow key) {
    return (byte[]) key.getBaseObject();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupTable table
        && keys.equals(table.keys)
        && coefficients.equals(table.coefficients);
  }

  @Override
  public int hashCode() {
    return 31 * keys.hashCode() + coefficients.hashCode();
  }
}
