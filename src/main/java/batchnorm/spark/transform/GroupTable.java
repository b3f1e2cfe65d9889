package batchnorm.spark.transform;

import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupKeys;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.AffineMaps;
import batchnorm.spark.normalize.GroupRecipe;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;

/** The map of every group, found by the bytes of its key; after them that of all rows. */
final class GroupTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private final GroupKeys keys = new GroupKeys();
  private final AffineMaps maps;

  private GroupTable(AffineMaps maps) {
    this.maps = maps;
  }

  /**
   * Returns the table of {@code groups}.
   *
   * @param keyType the columns that make the groups
   * @param groups a row of statistics for each group, in the layout of {@link GroupStatistics}
   */
  static GroupTable of(StructType keyType, Dataset<Row> groups, GroupRecipe recipe) {
    QueryExecution query = ClassicSpark.query(groups);
    InternalRow[] rows = query.executedPlan().executeCollect();
    GroupTable table = new GroupTable(new AffineMaps(rows.length + 1, recipe.features()));
    GroupName name =
        GroupName.of(
            Arrays.stream(keyType.fields()).map(InputColumn::of).toList(), groups.sparkSession());
    UnsafeProjection projection = GroupKey.projection(keyType, 0);
    for (InternalRow row : rows) {
      UnsafeRow key = projection.apply(row.getStruct(GroupStatistics.GROUP, keyType.size()));
      table.maps.set(
          table.keys.number(base(key), GroupKey.start(key), key.getSizeInBytes()),
          recipe.map(
              () -> name.of(key),
              new SampleSize(
                  row.getLong(GroupStatistics.ROWS), row.getDouble(GroupStatistics.WEIGHT)),
              () ->
                  Statistics.known(
                      row.getArray(GroupStatistics.MEAN).toDoubleArray(),
                      row.getArray(GroupStatistics.VARIANCE).toDoubleArray(),
                      row.getArray(GroupStatistics.SAMPLE_VARIANCE).toDoubleArray(),
                      FeatureExtension.read(
                          row.getArray(GroupStatistics.EXTENSION).toLongArray()))));
    }
    table.maps.set(rows.length, recipe.global());
    return table;
  }

  /** The number of the group whose key this is, or -1. */
  int number(UnsafeRow key) {
    return keys.find(base(key), GroupKey.start(key), key.getSizeInBytes());
  }

  /** The number under which all rows have their map. */
  int global() {
    return keys.count();
  }

  AffineMaps maps() {
    return maps;
  }

  private static byte[] base(UnsafeRow key) {
    return (byte[]) key.getBaseObject();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupTable table && keys.equals(table.keys) && maps.equals(table.maps);
  }

  @Override
  public int hashCode() {
    return 31 * keys.hashCode() + maps.hashCode();
  }
}
