package batchnorm.spark.cli;

import batchnorm.spark.columns.SummarySchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A row of {@code BatchNormModel.summary()}.
 *
 * @param group the values of the group columns, if the model has groups
 * @param uses which statistics the group is normalized by, if the model has groups
 */
record FeatureSummary(
    List<Object> group,
    String name,
    long count,
    long missing,
    double mean,
    double variance,
    double std,
    boolean constant,
    boolean smallerThanEps,
    double stdAfter,
    Optional<String> uses) {

  private static final String OWN_STATISTICS = "group";

  /** Returns the rows of {@code summary}: those of a model, or some of them. */
  static List<FeatureSummary> of(Dataset<Row> summary) {
    int groupColumns = groupColumns(summary).length;
    return summary.collectAsList().stream().map(row -> of(row, groupColumns)).toList();
  }

  /** Returns the columns that make the groups, which a model with groups has before all others. */
  static String[] groupColumns(Dataset<Row> summary) {
    String[] columns = summary.columns();
    return Arrays.copyOf(columns, Math.max(0, columns.length - SummarySchema.FEATURE_COLUMNS - 1));
  }

  /** What a reader should know of this feature; empty for most. */
  String note() {
    String values =
        Double.isNaN(mean)
            ? "no values"
            : constant
                ? "constant"
                : smallerThanEps ? "eps shrinks it to " + TextTable.number(stdAfter) : "";
    String used = uses.filter(name -> !name.equals(OWN_STATISTICS)).map("uses "::concat).orElse("");
    return values + (values.isEmpty() || used.isEmpty() ? "" : ", ") + used;
  }

  /** The names of group columns may be any, so columns are found by their places. */
  private static FeatureSummary of(Row row, int groupColumns) {
    List<Object> group = new ArrayList<>();
    for (int i = 0; i < groupColumns; i++) {
      group.add(row.get(i));
    }
    return new FeatureSummary(
        group,
        row.getString(place(groupColumns, "name")),
        row.getLong(place(groupColumns, "count")),
        row.getLong(place(groupColumns, "missing")),
        row.getDouble(place(groupColumns, "mean")),
        row.getDouble(place(groupColumns, "variance")),
        row.getDouble(place(groupColumns, "std")),
        row.getBoolean(place(groupColumns, "constant")),
        row.getBoolean(place(groupColumns, "smallerThanEps")),
        row.getDouble(place(groupColumns, "stdAfter")),
        groupColumns == 0 ? Optional.empty() : Optional.of(row.getString(row.size() - 1)));
  }

  private static int place(int groupColumns, String column) {
    return groupColumns + SummarySchema.placeOf(column);
  }
}
