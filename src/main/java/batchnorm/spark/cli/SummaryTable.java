package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.util.List;

/** A model's statistics for a terminal. */
final class SummaryTable {
  private SummaryTable() {}

  /** Returns the table of {@code model}, of no more than {@code most} features. */
  static String of(BatchNormModel model, int most) {
    List<FeatureSummary> features = FeatureSummary.of(model);
    TextTable table = new TextTable("name", "count", "missing", "mean", "std", "variance", "note");
    for (FeatureSummary feature : features.subList(0, Math.min(most, features.size()))) {
      table.add(
          feature.name(),
          Long.toString(feature.count()),
          Long.toString(feature.missing()),
          TextTable.number(feature.mean()),
          TextTable.number(feature.std()),
          TextTable.number(feature.variance()),
          feature.note());
    }
    return table + further(features.size(), most);
  }

  /** Says how many of {@code size} features a table of {@code most} does not list. */
  static String further(int size, int most) {
    return size > most
        ? "\n(" + (size - most) + " more; batchnorm describe --model PATH lists all)"
        : "";
  }
}
