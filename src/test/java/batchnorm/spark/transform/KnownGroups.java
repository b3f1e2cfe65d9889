package batchnorm.spark.transform;

import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.model.Groups;
import batchnorm.spark.testing.SharedSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Groups whose statistics are made up, in the layout of {@link Groups#statistics()}. */
final class KnownGroups {
  private final StructType keys;
  private final List<Group> groups = new ArrayList<>();

  /** One group; {@code sample} is the variance with divisor n - 1. */
  record Group(Object[] key, double weight, double[] mean, double[] variance, double[] sample) {}

  KnownGroups(StructType keys) {
    this.keys = keys;
  }

  StructType keys() {
    return keys;
  }

  List<Group> all() {
    return groups;
  }

  KnownGroups add(double weight, double[] mean, double[] variance, Object... key) {
    groups.add(new Group(key, weight, mean, variance, variance));
    return this;
  }

  KnownGroups add(Group group) {
    groups.add(group);
    return this;
  }

  /** The maps of these groups, as few or as many. */
  GroupCoefficients maps(Way way) {
    return new GroupCoefficients(keys, statistics(), way == Way.LOOKUP);
  }

  /** The rows of a group. */
  Column has(Group group) {
    Column all = functions.lit(true);
    for (int i = 0; i < keys.size(); i++) {
      String name = keys.fieldNames()[i];
      all = all.and(SchemaLookup.reference(name).eqNullSafe(functions.lit(group.key()[i])));
    }
    return all;
  }

  /** Way in which a row gets the coefficients of its group. */
  enum Way {
    LOOKUP,
    JOIN
  }

  Dataset<Row> statistics() {
    List<Row> rows = new ArrayList<>();
    for (Group group : groups) {
      long[] zeros = new long[group.mean().length];
      rows.add(
          RowFactory.create(
              RowFactory.create(group.key()),
              group.weight(),
              boxed(group.mean()),
              boxed(group.variance()),
              boxed(group.sample()),
              Arrays.stream(zeros).boxed().toArray(),
              Arrays.stream(zeros).boxed().toArray(),
              (long) group.weight(),
              new Long[0]));
    }
    StructType schema =
        new StructType()
            .add("group", keys, false)
            .add("weight", DataTypes.DoubleType, false)
            .add("mean", DataTypes.createArrayType(DataTypes.DoubleType, false), false)
            .add("variance", DataTypes.createArrayType(DataTypes.DoubleType, false), false)
            .add("sampleVariance", DataTypes.createArrayType(DataTypes.DoubleType, false), false)
            .add("count", DataTypes.createArrayType(DataTypes.LongType, false), false)
            .add("missing", DataTypes.createArrayType(DataTypes.LongType, false), false)
            .add("rows", DataTypes.LongType, false)
            .add("extension", DataTypes.createArrayType(DataTypes.LongType, false), false);
    return SharedSession.get().createDataFrame(rows, schema);
  }

  private static Object[] boxed(double[] values) {
    return Arrays.stream(values).boxed().toArray();
  }
}
