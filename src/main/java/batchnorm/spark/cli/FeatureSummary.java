package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.util.List;
import org.apache.spark.sql.Row;

/** A row of {@link BatchNormModel#summary()}. */
record FeatureSummary(
    String name,
    long count,
    long missing,
    double mean,
    double variance,
    double std,
    boolean constant,
    boolean smallerThanEps) {

  /** Returns the features of {@code model}, in its order. */
  static List<FeatureSummary> of(BatchNormModel model) {
    return model.summary().collectAsList().stream().map(FeatureSummary::of).toList();
  }

  /** What a reader should know of this feature; empty for most. */
  String note() {
    if (Double.isNaN(mean)) {
      return "no values";
    }
    return constant ? "constant" : smallerThanEps ? "smaller than eps" : "";
  }

  private static FeatureSummary of(Row row) {
    return new FeatureSummary(
        row.getAs("name"),
        row.<Long>getAs("count"),
        row.<Long>getAs("missing"),
        row.<Double>getAs("mean"),
        row.<Double>getAs("variance"),
        row.<Double>getAs("std"),
        row.<Boolean>getAs("constant"),
        row.<Boolean>getAs("smallerThanEps"));
  }
}
