package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.moments.RunningMode;
import java.util.ArrayList;
import java.util.List;

/** A model's statistics for a terminal. */
final class SummaryTable {
  private static final List<String> HEADER =
      List.of("name", "count", "missing", "mean", "std", "variance", "note");

  private SummaryTable() {}

  /** Returns the table of {@code model}, of no more than {@code most} rows. */
  static String of(BatchNormModel model, int most) {
    String[] groupColumns = FeatureSummary.groupColumns(model);
    List<String> header = new ArrayList<>(List.of(groupColumns));
    header.addAll(HEADER);
    TextTable table = new TextTable(groupColumns.length + 1, header);
    for (FeatureSummary feature : FeatureSummary.of(model, most)) {
      table.add(cells(feature));
    }
    String further =
        groupColumns.length == 0
            ? further(model.numFeatures(), most)
            : furtherGroups(model.summary().count(), most);
    return table + further + running(model);
  }

  private static String[] cells(FeatureSummary feature) {
    List<String> cells = new ArrayList<>();
    feature.group().forEach(value -> cells.add(String.valueOf(value)));
    cells.add(feature.name());
    cells.add(Long.toString(feature.count()));
    cells.add(Long.toString(feature.missing()));
    cells.add(TextTable.number(feature.mean()));
    cells.add(TextTable.number(feature.std()));
    cells.add(TextTable.number(feature.variance()));
    cells.add(feature.note());
    return cells.toArray(String[]::new);
  }

  /** Says how many of {@code size} features a table of {@code most} does not list. */
  static String further(int size, int most) {
    return size > most
        ? "\n(" + (size - most) + " more; batchnorm describe --model PATH lists all)"
        : "";
  }

  private static String furtherGroups(long size, int most) {
    return size > most
        ? "\n("
            + (size - most)
            + " more; batchnorm describe --model PATH --limit NUMBER lists more)"
        : "";
  }

  /** Says of what the statistics are, where they are not those of all rows together. */
  private static String running(BatchNormModel model) {
    return switch (RunningMode.of(model.getRunningStatistics())) {
      case POOLED -> "";
      case EXPONENTIAL ->
          "\nrunning statistics: exponential, momentum "
              + model.getMomentum()
              + ", batches tracked: "
              + model.numBatchesTracked();
      case CUMULATIVE ->
          "\nrunning statistics: cumulative, batches tracked: " + model.numBatchesTracked();
    };
  }
}
