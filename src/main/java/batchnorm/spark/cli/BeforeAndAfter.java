package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.columns.FeatureSummary;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Table of the statistics of a dataset's columns before normalization and, from a second fit, after
 * it.
 */
final class BeforeAndAfter {
  private BeforeAndAfter() {}

  /**
   * Returns a table of at most {@code most} features.
   *
   * @param stage the stage that {@code model} was fitted with
   * @param normalized the rows that {@code model} was fitted on, transformed by it
   */
  static String table(BatchNorm stage, BatchNormModel model, Dataset<Row> normalized, int most) {
    List<FeatureSummary> before = FeatureSummary.of(model.summary());
    Map<Integer, FeatureSummary> after = after(stage, model, before, normalized);
    TextTable table =
        new TextTable(
            1,
            List.of(
                "name",
                "count",
                "missing",
                "mean before",
                "std before",
                "mean after",
                "std after",
                "note"));
    for (int j = 0; j < Math.min(most, before.size()); j++) {
      FeatureSummary feature = before.get(j);
      table.add(
          feature.name(),
          Long.toString(feature.count()),
          Long.toString(feature.missing()),
          TextTable.number(feature.mean()),
          TextTable.number(feature.std()),
          after.containsKey(j) ? TextTable.roughly(after.get(j).mean()) : "",
          after.containsKey(j) ? TextTable.number(after.get(j).std()) : "",
          SummaryTable.note(feature));
    }
    return table + SummaryTable.further(before.size(), most);
  }

  private static Map<Integer, FeatureSummary> after(
      BatchNorm stage, BatchNormModel model, List<FeatureSummary> before, Dataset<Row> normalized) {
    BatchNorm measure = Measurement.like(stage);
    List<Integer> measured = IntStream.range(0, before.size()).boxed().toList();
    if (model.isSet(model.outputCols())) {
      // The first fit has warned of columns with too few values; the second need not do it again.
      measured = measured.stream().filter(j -> isMeasured(before.get(j))).toList();
      if (measured.isEmpty()) {
        return Map.of();
      }
      String[] outputs = model.getOutputCols();
      String[] columns = measured.stream().map(j -> outputs[j]).toArray(String[]::new);
      measure.setInputCols(columns).setOutputCols(columns);
    } else {
      measure.setInputCol(model.getOutputCol()).setOutputCol(model.getOutputCol());
    }
    List<FeatureSummary> after = FeatureSummary.of(measure.fit(normalized).summary());
    return IntStream.range(0, after.size())
        .boxed()
        .collect(Collectors.toMap(measured::get, after::get));
  }

  private static boolean isMeasured(FeatureSummary feature) {
    return feature.count() > 1 || feature.variance() > 0;
  }
}
