package batchnorm.spark.model;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Learned;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * First format, with statistics of rounded sums. Only models that were loaded from it are written
 * in it, since they lack the exact sums of {@link Format2}.
 *
 * <pre>
 *   rows     double  the total weight of the fitted rows; null for known statistics
 *   name     string  null for the features of a vector without names
 *   count    double  the total weight of the feature's values; null for known statistics
 *   missing  double  the total weight of the rows without a value
 *   mean     double
 *   m2       double  the sum of squared deviations; for known statistics the variance
 * </pre>
 */
final class Format1 {
  static final int VERSION = 1;

  static final StructType SCHEMA =
      new StructType()
          .add(SavedModel.VERSION_COLUMN, DataTypes.IntegerType, false)
          .add("features", DataTypes.IntegerType, false)
          .add("rows", DataTypes.DoubleType, true)
          .add("index", DataTypes.IntegerType, false)
          .add("name", DataTypes.StringType, true)
          .add("count", DataTypes.DoubleType, true)
          .add("missing", DataTypes.DoubleType, false)
          .add("mean", DataTypes.DoubleType, false)
          .add("m2", DataTypes.DoubleType, false);

  private Format1() {}

  static SavedModel model(String path, Iterator<Row> data, OptionalLong checksum) {
    List<Row> rows = new ArrayList<>();
    data.forEachRemaining(rows::add);
    rows.sort(Comparator.comparingInt(row -> row.<Integer>getAs("index")));
    requireAll(path, rows);
    long found = checksum.isEmpty() ? 0 : rows.stream().mapToLong(CheckedRows::checksum).sum();
    SavedTable.requireSum(path, SavedModel.FOLDER, checksum, found);
    double[] mean = doubles(rows, "mean");
    double[] m2 = doubles(rows, "m2");
    Double total = rows.get(0).getAs("rows");
    Statistics statistics =
        total == null
            ? Statistics.known(mean, m2)
            : Statistics.rounded(total, mean, m2, doubles(rows, "count"), doubles(rows, "missing"));
    return new SavedModel(Learned.known(statistics), names(rows));
  }

  private static void requireAll(String path, List<Row> rows) {
    int features = rows.isEmpty() ? 0 : rows.get(0).<Integer>getAs("features");
    if (rows.size() != features) {
      throw SavedModelErrors.notAModel(
          path, "its data has " + rows.size() + " rows of " + features + " features");
    }
    for (int j = 0; j < features; j++) {
      if (!belongs(rows.get(j), j, rows.get(0))) {
        throw SavedModelErrors.notAModel(path, "its data has rows that do not belong together");
      }
      if (!isPossible(rows.get(j))) {
        throw SavedModelErrors.notAModel(
            path, "its data has numbers of feature " + j + " that cannot be");
      }
    }
  }

  private static boolean belongs(Row row, int index, Row first) {
    return row.<Integer>getAs(SavedModel.VERSION_COLUMN) == VERSION
        && row.<Integer>getAs("index") == index
        && List.of("features", "rows").stream()
            .allMatch(shared -> Objects.equals(row.getAs(shared), first.getAs(shared)))
        && (row.getAs("name") == null) == (first.getAs("name") == null)
        && (row.getAs("count") == null) == (row.getAs("rows") == null);
  }

  private static boolean isPossible(Row row) {
    Double count = row.getAs("count");
    double mean = row.<Double>getAs("mean");
    return (count == null || isWeight(count) && isWeight(row.getAs("rows")))
        && isWeight(row.getAs("missing"))
        && !Double.isInfinite(mean)
        && !(Double.isNaN(mean) && (count == null || count > 0))
        && !(row.<Double>getAs("m2") < 0);
  }

  private static boolean isWeight(double value) {
    return value >= 0 && Double.isFinite(value);
  }

  static List<Row> rows(Statistics statistics, double[] m2, FeatureNames names) {
    List<Row> rows = new ArrayList<>();
    String[] given = names.given().orElse(null);
    for (int j = 0; j < statistics.size(); j++) {
      rows.add(
          RowFactory.create(
              VERSION,
              statistics.size(),
              statistics.totalWeight(),
              j,
              given == null ? null : given[j],
              statistics.weight(j),
              statistics.missingWeight(j),
              statistics.mean(j),
              m2[j]));
    }
    return rows;
  }

  static double[] doubles(List<Row> rows, String column) {
    return rows.stream().mapToDouble(row -> row.<Double>getAs(column)).toArray();
  }

  static FeatureNames names(List<Row> rows) {
    return rows.get(0).getAs("name") == null
        ? FeatureNames.UNNAMED
        : FeatureNames.of(strings(rows, "name"));
  }

  static String[] strings(List<Row> rows, String column) {
    return rows.stream().map(row -> row.<String>getAs(column)).toArray(String[]::new);
  }
}
