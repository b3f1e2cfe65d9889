package batchnorm.spark.cli;

import batchnorm.spark.columns.FeatureSummary;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The first rows of the summary of a model.
 *
 * @param groupColumns the names of the columns of groups; empty for a model without groups
 * @param listed the rows
 * @param size the number of rows of the summary
 */
record SummaryRows(List<String> groupColumns, List<FeatureSummary> listed, long size) {
  /** Returns no more than {@code most} rows of a table. */
  static SummaryRows of(Dataset<Row> summary, int most) {
    List<FeatureSummary> listed = FeatureSummary.of(summary.limit(most));
    return new SummaryRows(
        List.of(FeatureSummary.groupColumns(summary)),
        listed,
        listed.size() < most ? listed.size() : summary.count());
  }

  /** Returns no more than {@code most} of {@code features}, those of a model without groups. */
  static SummaryRows of(List<FeatureSummary> features, int most) {
    return new SummaryRows(
        List.of(), features.subList(0, Math.min(most, features.size())), features.size());
  }
}
