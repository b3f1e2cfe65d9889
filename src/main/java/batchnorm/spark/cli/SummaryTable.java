package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.RunningMode;
import java.util.ArrayList;
import java.util.List;

/** A model's statistics for a terminal. */
final class SummaryTable {
  private static final List<String> HEADER =
      List.of("name", "count", "missing", "mean", "std", "variance", "min", "max", "note");

  private static final String OWN_STATISTICS = "group";

  /** Stands for the counts of statistics that were given, such as those of an imported layer. */
  private static final String NOT_COUNTED = "-";

  /** Stands for a minimum or maximum that the model does not know. */
  private static final String UNKNOWN = "unknown";

  private SummaryTable() {}

  /** Returns the table of {@code model}, of no more than {@code most} rows. */
  static String of(BatchNormModel model, int most) {
    return of(model, SummaryRows.of(model.summary(), most), most);
  }

  /** Returns the table of {@code rows}, no more than {@code most} of the model's summary. */
  static String of(BatchNormModel model, SummaryRows rows, int most) {
    return of(rows, most) + running(model);
  }

  /** Returns the table of {@code rows}, no more than {@code most} of a summary. */
  static String of(SummaryRows rows, int most) {
    List<String> header = new ArrayList<>(rows.groupColumns());
    header.addAll(HEADER);
    TextTable table = new TextTable(rows.groupColumns().size() + 1, header);
    rows.listed().forEach(feature -> table.add(cells(feature)));
    return table
        + further(
            rows.size(),
            most,
            rows.groupColumns().isEmpty() ? "lists all" : "--limit NUMBER lists more");
  }

  private static String[] cells(FeatureSummary feature) {
    List<String> cells = new ArrayList<>();
    feature.group().forEach(value -> cells.add(String.valueOf(value)));
    cells.add(feature.name());
    // Weights below 1 may round to a count of 0.
    boolean counted =
        feature.count() > 0 || Double.isNaN(feature.mean()) || !Double.isNaN(feature.min());
    cells.add(counted ? Long.toString(feature.count()) : NOT_COUNTED);
    cells.add(counted ? Long.toString(feature.missing()) : NOT_COUNTED);
    cells.add(TextTable.number(feature.mean()));
    cells.add(TextTable.number(feature.std()));
    cells.add(TextTable.number(feature.variance()));
    cells.add(counted ? extreme(feature, feature.min()) : NOT_COUNTED);
    cells.add(counted ? extreme(feature, feature.max()) : NOT_COUNTED);
    cells.add(note(feature));
    return cells.toArray(String[]::new);
  }

  private static String extreme(FeatureSummary feature, double extreme) {
    boolean isUnknown = Double.isNaN(extreme) && !Double.isNaN(feature.mean());
    return isUnknown ? UNKNOWN : TextTable.number(extreme);
  }

  /** Returns the remarks on a feature; empty for most. */
  static String note(FeatureSummary feature) {
    String values =
        Double.isNaN(feature.mean())
            ? "no values"
            : feature.constant()
                ? "constant"
                : feature.smallerThanEps()
                    ? "eps shrinks it to " + TextTable.number(feature.stdAfter())
                    : "";
    String used =
        feature.uses().filter(name -> !name.equals(OWN_STATISTICS)).map("uses "::concat).orElse("");
    return values + (values.isEmpty() || used.isEmpty() ? "" : ", ") + used;
  }

  /** Says how many of {@code size} features a table of {@code most} does not list. */
  static String further(long size, int most) {
    return further(size, most, "lists all");
  }

  private static String further(long size, int most, String lists) {
    return size > most
        ? "\n(" + (size - most) + " more; batchnorm describe --model PATH " + lists + ")"
        : "";
  }

  /** Names the kind of the statistics, unless they are those of all rows together. */
  private static String running(BatchNormModel model) {
    return switch (Choice.of(RunningMode.class, model.getRunningStatistics())) {
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
