package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A row of {@link BatchNormModel#summary()}.
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

  /** Returns the features of {@code model}, in its order and, if it has groups, of every group. */
  static List<FeatureSummary> of(BatchNormModel model) {
    return of(model, model.summary());
  }

  /** Returns no more than {@code most} of the features of {@code model}. */
  static List<FeatureSummary> of(BatchNormModel model, int most) {
    return of(model, model.summary().limit(most));
  }

  private static List<FeatureSummary> of(BatchNormModel model, Dataset<Row> summary) {
    int groupColumns = groupColumns(model).length;
    return summary.collectAsList().stream().map(row -> of(row, groupColumns)).toList();
  }

  /** Returns the names of the columns that make the groups of {@code model}, if it has groups. */
  static String[] groupColumns(BatchNormModel model) {
    return model.isSet(model.groupCols()) ? model.getGroupCols() : new String[0];
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
