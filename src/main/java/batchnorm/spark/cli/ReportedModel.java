package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.ToldParam;
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

/** Content of a report about a model. */
record ReportedModel(BatchNormModel model) {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Returns the report of the model, which is at {@code path}, alone. */
  Report alone(String path) {
    return report(path, features(), List.of(), Optional.empty(), Optional.empty());
  }

  /** Returns its report beside another model, whose variances get the divisor of this one. */
  Report compared(String path, String otherPath, BatchNormModel other) {
    ReportedModel second = new ReportedModel(other.setCorrection(model.getCorrection()));
    List<Feature> features = features();
    return report(
        path,
        features,
        second.notes("B"),
        Optional.of(Comparison.of(path, features, otherPath, second.features())),
        Optional.empty());
  }

  /** Returns its report beside {@code data}, whose statistics are fitted for it. */
  Report appliedTo(String path, String dataPath, Dataset<Row> data) {
    if ((boolean) model.getOrDefault(model.inverted())) {
      throw OptionErrors.dataForInverse(path);
    }
    ReportedData reported = new ReportedData(model, data);
    Sample sample = reported.sample();
    List<Feature> features = features();
    // The data's features are those of the model, in its order, also where the model knows no
    // names.
    List<Feature> fitted = new ReportedModel(reported.fitted()).features();
    List<Feature> found =
        IntStream.range(0, features.size())
            .mapToObj(j -> fitted.get(j).named(features.get(j).name()))
            .toList();
    return report(
        path,
        features,
        List.of(),
        Optional.of(Comparison.of(path, features, dataPath, found)),
        Optional.of(sample));
  }

  private Report report(
      String path,
      List<Feature> features,
      List<String> moreNotes,
      Optional<Comparison> comparison,
      Optional<Sample> sample) {
    List<String> notes = new ArrayList<>(notes("the model"));
    notes.addAll(moreNotes);
    String name = LiteralPath.of(path).getName();
    return new Report(
        name.isEmpty() ? path : name,
        origin(path),
        parameters(),
        notes,
        features,
        model.count() > 0,
        comparison,
        sample);
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
                    row.constant(),
                    row.smallerThanEps(),
                    row.stdAfter()))
        .toList();
  }

  private String origin(String path) {
    return String.format(
        Locale.ROOT,
        "%s, %s. Report of %s by %s.",
        path,
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
    for (ToldParam told : model.shared().told()) {
      if (told.words() != null) {
        parameters.put(told.label(), words(told.words()));
      }
    }
    if (isRunning()) {
      parameters.put(
          "Batches tracked", String.format(Locale.ROOT, "%,d", model.numBatchesTracked()));
    }
    return parameters;
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
