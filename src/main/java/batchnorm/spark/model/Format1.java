package batchnorm.spark.model;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.moments.Statistics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;

/**
 * The first format, which is read and not written any more. Its statistics come from rounded sums.
 *
 * <pre>
 *   rows     double  the sum of the weights of all rows fitted on; null for known statistics
 *   name     string  null for the features of a vector without names
 *   count    double  the sum of the weights of the feature's values; null as rows is
 *   missing  double  the sum of the weights of the rows the feature is missing in
 *   mean     double
 *   m2       double  the sum of squared deviations; for known statistics the variance
 * </pre>
 */
final class Format1 {
  static final Set<String> COLUMNS =
      Set.of("features", "rows", "index", "name", "count", "missing", "mean", "m2");

  private Format1() {}

  static SavedModel model(List<Row> rows) {
    double[] mean = doubles(rows, "mean");
    double[] m2 = doubles(rows, "m2");
    Double total = rows.get(0).getAs("rows");
    Statistics statistics =
        total == null
            ? Statistics.known(mean, m2)
            : Statistics.rounded(total, mean, m2, doubles(rows, "count"), doubles(rows, "missing"));
    return new SavedModel(statistics, Optional.empty(), names(rows));
  }

  static double[] doubles(List<Row> rows, String column) {
    return rows.stream().mapToDouble(row -> row.<Double>getAs(column)).toArray();
  }

  static FeatureNames names(List<Row> rows) {
    return rows.get(0).getAs("name") == null
        ? FeatureNames.UNNAMED
        : FeatureNames.of(
            rows.stream().map(row -> row.<String>getAs("name")).toArray(String[]::new));
  }
}
