package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.ShownParam;
import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.report.Comparison;
import batchnorm.spark.report.Feature;
import batchnorm.spark.report.Report;
import batchnorm.spark.report.Sample;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Model that a report is about, and those that it is shown beside.
 *
 * @param path its path, as the user wrote it
 * @param second the statistics that it is compared with
 * @param sample rows of data before and after
 */
record ReportedModel(
    String path, BatchNormModel model, Optional<ReportedSide> second, Optional<Sample> sample) {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Number of columns that the head of the page names. */
  private static final int NAMED_COLUMNS = 10;

  ReportedModel(String path, BatchNormModel model) {
    this(path, model, Optional.empty(), Optional.empty());
  }

  /** Returns it beside another model, whose variances get the divisor of this one. */
  ReportedModel comparedWith(ReportedModel other) {
    other.model.setCorrection(model.getCorrection());
    return new ReportedModel(
        path,
        model,
        Optional.of(new ReportedSide(other.path, other.features(), other.notes("B"))),
        sample);
  }

  /**
   * Returns it with rows of {@code data}, and beside their statistics, which are fitted for it,
   * unless it is compared already.
   */
  ReportedModel appliedTo(String dataPath, Dataset<Row> data) {
    if ((boolean) model.getOrDefault(model.inverted())) {
      throw OptionErrors.dataForInverse(path);
    }
    ReportedData reported = new ReportedData(model, data);
    return new ReportedModel(
        path,
        model,
        second.or(() -> Optional.of(fitted(dataPath, reported))),
        Optional.of(reported.sample()));
  }

  /**
   * Returns the statistics of data. Their features are those of the model, in its order, also where
   * the model knows no names.
   */
  private ReportedSide fitted(String dataPath, ReportedData data) {
    List<Feature> names = features();
    List<Feature> fitted = new ReportedModel(dataPath, data.fitted()).features();
    return new ReportedSide(
        dataPath,
        IntStream.range(0, names.size())
            .mapToObj(j -> fitted.get(j).named(names.get(j).name()))
            .toList(),
        List.of());
  }

  /** Returns the content of the page. */
  Report report() {
    List<Feature> features = features();
    List<String> notes = new ArrayList<>(notes("the model"));
    second.ifPresent(side -> notes.addAll(side.notes()));
    String name = LiteralPath.of(path).getName();
    return new Report(
        name.isEmpty() ? path : name,
        origin(),
        parameters(),
        notes,
        features,
        model.count() > 0,
        second.map(side -> compared(features, side)),
        sample);
  }

  private Comparison compared(List<Feature> features, ReportedSide side) {
    List<String> labels = PathLabel.apart(path, side.path());
    return Comparison.of(labels.get(0), features, labels.get(1), side.features());
  }

  private List<Feature> features() {
    return FeatureSummary.of(model.summaryOfAllRows()).stream()
        .map(
            row ->
                new Feature(
                    row.name(),
                    row.count(),
                    row.missing(),
                    row.mean(),
                    row.variance(),
                    row.std(),
                    row.min(),
                    row.max(),
                    row.constant(),
                    row.smallerThanEps(),
                    row.stdAfter()))
        .toList();
  }

  private String origin() {
    return String.format(
        Locale.ROOT,
        "%s, %s. Report of %s by %s.",
        PathLabel.of(path),
        model.uid(),
        MINUTES.format(Instant.now()),
        String.join(", ", new Version().getVersion()));
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("Features", String.format(Locale.ROOT, "%,d", model.numFeatures()));
    parameters.put(
        model.isSet(model.weightCol()) ? "Rows, weighted" : "Rows",
        model.count() > 0 ? String.format(Locale.ROOT, "%,d", model.count()) : "not counted");
    columns().ifPresent(columns -> parameters.put("Columns", columns));
    for (ShownParam shown : model.shared().shown()) {
      if (shown.words() != null) {
        parameters.put(shown.label(), words(shown.words()));
      }
    }
    if (isRunning()) {
      parameters.put(
          "Batches tracked", String.format(Locale.ROOT, "%,d", model.numBatchesTracked()));
    }
    return parameters;
  }

  /**
   * Returns the names of the columns that are normalized; none of a model that was not told any.
   */
  private Optional<String> columns() {
    if (model.isSet(model.inputCol())) {
      return Optional.of(model.getInputCol());
    }
    if (!model.isSet(model.inputCols())) {
      return Optional.empty();
    }
    List<String> names = List.of(model.getInputCols());
    int further = names.size() - NAMED_COLUMNS;
    return Optional.of(
        String.join(", ", names.subList(0, Math.min(names.size(), NAMED_COLUMNS)))
            + (further > 0 ? String.format(Locale.ROOT, " and %,d more", further) : ""));
  }

  private static String words(Object value) {
    return value instanceof Double number ? TextTable.number(number) : value.toString();
  }

  private boolean isRunning() {
    return Choice.of(RunningMode.class, model.getRunningStatistics()) != RunningMode.POOLED;
  }

  /**
   * Returns notes that a reader needs to interpret the numbers of this model, which the page calls
   * {@code name}.
   */
  private List<String> notes(String name) {
    List<String> notes = new ArrayList<>();
    if (model.isSet(model.groupCols())) {
      notes.add(
          "Of "
              + name
              + ", every group of "
              + String.join(", ", model.getGroupCols())
              + " has statistics of its own; the statistics here are those of all rows together. "
              + "batchnorm describe lists the groups.");
    }
    if (isRunning()) {
      notes.add(
          "The mean and variance of "
              + name
              + " are running statistics, not those of all rows together.");
    }
    if (model.count() == 0) {
      notes.add("The statistics of " + name + " were given, not counted: it knows no rows.");
    }
    return notes;
  }
}
