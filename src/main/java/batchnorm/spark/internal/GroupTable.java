package batchnorm.spark.internal;

import batchnorm.spark.moments.AffineMaps;
import batchnorm.spark.moments.GroupKeys;
import batchnorm.spark.moments.GroupRecipe;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;

/** The map of every group, found by the bytes of its key; after them that of all rows. */
final class GroupTable implements Serializable {
  private static final long serialVersionUID = 1L;

  private final GroupKeys keys = new GroupKeys();
  private final AffineMaps maps;

  private GroupTable(AffineMaps maps) {
    this.maps = maps;
  }

  /** Returns the table of {@code groups}, rows of {@link GroupStatistics}. */
  static GroupTable of(
      StructType keyType, List<Row> groups, GroupRecipe recipe, SparkSession session) {
    GroupTable table = new GroupTable(new AffineMaps(groups.size() + 1, recipe.features()));
    GroupName name = GroupName.of(List.of(keyType.fields()), session);
    UnsafeProjection projection = GroupKey.projection(keyType, 0);
    scala.Function1<Object, Object> converter =
        CatalystTypeConverters.createToCatalystConverter(keyType);
    for (Row group : groups) {
      InternalRow key = (InternalRow) converter.apply(group.getAs("group"));
      UnsafeRow bytes = projection.apply(key);
      table.maps.set(
          table.keys.number(base(bytes), GroupKey.start(bytes), bytes.getSizeInBytes()),
          recipe.map(
              () -> name.of(key),
              group.getAs("weight"),
              doubles(group, "mean"),
              doubles(group, "variance"),
              doubles(group, "sampleVariance")));
    }
    table.maps.set(groups.size(), recipe.global());
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

  private static double[] doubles(Row group, String column) {
    List<Double> values = group.getList(group.fieldIndex(column));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
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
