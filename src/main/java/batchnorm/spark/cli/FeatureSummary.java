package batchnorm.spark.cli;

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
    Optional<String> uses) {

  private static final String OWN_STATISTICS = "group";

  /** From name to smallerThanEps, and uses. */
  private static final int COLUMNS_OF_A_GROUP = 9;

  /** Returns the rows of {@code summary}: those of a model, or some of them. */
  static List<FeatureSummary> of(Dataset<Row> summary) {
    int groupColumns = groupColumns(summary).length;
    return summary.collectAsList().stream().map(row -> of(row, groupColumns)).toList();
  }

  /** Returns the columns that make the groups, which a model with groups has before all others. */
  static String[] groupColumns(Dataset<Row> summary) {
    String[] columns = summary.columns();
    return Arrays.copyOf(columns, Math.max(0, columns.length - COLUMNS_OF_A_GROUP));
  }

  /** What a reader should know of this feature; empty for most. */
  String note() {
    String values =
        Double.isNaN(mean)
            ? "no values"
            : constant ? "constant" : smallerThanEps ? "smaller than eps" : "";
    String used = uses.filter(name -> !name.equals(OWN_STATISTICS)).map("uses "::concat).orElse("");
    return values + (values.isEmpty() || used.isEmpty() ? "" : ", ") + used;
  }

  /** The names of group columns may be any, so columns are found by their places. */
  private static FeatureSummary of(Row row, int groupColumns) {
    int name = groupColumns;
    List<Object> group = new ArrayList<>();
    for (int i = 0; i < groupColumns; i++) {
      group.add(row.get(i));
    }
    return new FeatureSummary(
        group,
        row.getString(name),
        row.getLong(name + 1),
        row.getLong(name + 2),
        row.getDouble(name + 3),
        row.getDouble(name + 4),
        row.getDouble(name + 5),
        row.getBoolean(name + 6),
        row.getBoolean(name + 7),
        groupColumns == 0 ? Optional.empty() : Optional.of(row.getString(name + 8)));
  }
}
