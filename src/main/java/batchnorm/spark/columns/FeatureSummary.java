package batchnorm.spark.columns;

import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Row of {@code BatchNormModel.summary()}: a feature, or a feature of a group. Only this class
 * defines the columns and their order.
 *
 * @param group the values of the group columns, if the model has groups
 * @param min the smallest value; NaN if it is not known or there is none
 * @param max the greatest value; likewise
 * @param uses the statistics that the group is normalized with, if the model has groups
 */
public record FeatureSummary(
    List<Object> group,
    String name,
    long count,
    long missing,
    double mean,
    double variance,
    double std,
    double min,
    double max,
    boolean constant,
    boolean smallerThanEps,
    double stdAfter,
    Optional<String> uses) {
  private static final StructType OF_A_FEATURE =
      new StructType()
          .add("name", DataTypes.StringType, false)
          .add("count", DataTypes.LongType, false)
          .add("missing", DataTypes.LongType, false)
          .add("mean", DataTypes.DoubleType, false)
          .add("variance", DataTypes.DoubleType, false)
          .add("std", DataTypes.DoubleType, false)
          .add("min", DataTypes.DoubleType, true)
          .add("max", DataTypes.DoubleType, true)
          .add("constant", DataTypes.BooleanType, false)
          .add("smallerThanEps", DataTypes.BooleanType, false)
          .add("stdAfter", DataTypes.DoubleType, false);

  private static final StructType USES = new StructType().add("uses", DataTypes.StringType, false);

  /** Returns the columns of a model without groups. */
  public static StructType schema() {
    return OF_A_FEATURE;
  }

  /**
   * Returns the columns of a model with groups. A key with the name of another column, such as
   * {@code name}, becomes {@code group_name}.
   */
  public static StructType schema(StructType keys) {
    StructType others = with(OF_A_FEATURE, USES);
    Set<String> taken = caseless(others);
    Set<String> used = caseless(keys);
    used.addAll(taken);
    StructType first = new StructType();
    for (StructField field : keys.fields()) {
      String name = field.name();
      if (taken.contains(caseless(name))) {
        while (!used.add(caseless(name))) {
          name = "group_" + name;
        }
      }
      first = first.add(name, field.dataType(), field.nullable(), field.metadata());
    }
    return with(first, others);
  }

  private static StructType with(StructType first, StructType others) {
    StructType schema = first;
    for (StructField field : others.fields()) {
      schema = schema.add(field);
    }
    return schema;
  }

  private static Set<String> caseless(StructType columns) {
    return Arrays.stream(columns.fieldNames())
        .map(FeatureSummary::caseless)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Names that are equal in a session without case sensitivity count as equal. */
  private static String caseless(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Returns the summary of feature {@code j} of all rows, without minimum and maximum. */
  public static FeatureSummary of(
      String name, long count, long missing, Statistics statistics, Recipe recipe, int j) {
    return new FeatureSummary(
        List.of(),
        name,
        count,
        missing,
        statistics.mean(j),
        statistics.variance(j, recipe.correction()),
        statistics.deviation(j, recipe.correction()),
        Double.NaN,
        Double.NaN,
        recipe.isConstant(statistics, j),
        recipe.flattens(statistics, j),
        recipe.stdAfter(statistics, j),
        Optional.empty());
  }

  /**
   * Returns this summary with the minimum and the maximum of the values.
   *
   * @param least NaN if it is not known or there is none
   * @param greatest likewise
   */
  public FeatureSummary between(double least, double greatest) {
    return new FeatureSummary(
        group,
        name,
        count,
        missing,
        mean,
        variance,
        std,
        least,
        greatest,
        constant,
        smallerThanEps,
        stdAfter,
        uses);
  }

  /** Returns this summary as that of a group's feature. */
  public FeatureSummary in(List<Object> values, String statistics) {
    return new FeatureSummary(
        values,
        name,
        count,
        missing,
        mean,
        variance,
        std,
        min,
        max,
        constant,
        smallerThanEps,
        stdAfter,
        Optional.of(statistics));
  }

  /** Returns the row; {@link #of(Dataset)} reads it. */
  public Row toRow() {
    List<Object> cells = new ArrayList<>(group);
    cells.addAll(List.of(name, count, missing, mean, variance, std));
    cells.add(orNull(min));
    cells.add(orNull(max));
    cells.addAll(List.of(constant, smallerThanEps, stdAfter));
    uses.ifPresent(cells::add);
    return RowFactory.create(cells.toArray());
  }

  /** Returns a minimum or maximum as the summary shows it: null if it is not known. */
  public static Double orNull(double number) {
    return Double.isNaN(number) ? null : Double.valueOf(number);
  }

  /** Returns the rows of {@code summary}, which may be some of a model's. */
  public static List<FeatureSummary> of(Dataset<Row> summary) {
    int groupColumns = groupColumns(summary).length;
    return summary.collectAsList().stream().map(row -> of(row, groupColumns)).toList();
  }

  /** Returns the group columns, which come before all others. */
  public static String[] groupColumns(Dataset<Row> summary) {
    String[] columns = summary.columns();
    int others = OF_A_FEATURE.size() + USES.size();
    return Arrays.copyOf(columns, Math.max(0, columns.length - others));
  }

  /** Reads a row by position, since group columns may have any names. */
  private static FeatureSummary of(Row row, int groupColumns) {
    List<Object> group = new ArrayList<>();
    IntStream.range(0, groupColumns).forEach(i -> group.add(row.get(i)));
    return new FeatureSummary(
        group,
        row.getString(place(groupColumns, "name")),
        row.getLong(place(groupColumns, "count")),
        row.getLong(place(groupColumns, "missing")),
        row.getDouble(place(groupColumns, "mean")),
        row.getDouble(place(groupColumns, "variance")),
        row.getDouble(place(groupColumns, "std")),
        orNaN(row, place(groupColumns, "min")),
        orNaN(row, place(groupColumns, "max")),
        row.getBoolean(place(groupColumns, "constant")),
        row.getBoolean(place(groupColumns, "smallerThanEps")),
        row.getDouble(place(groupColumns, "stdAfter")),
        groupColumns == 0 ? Optional.empty() : Optional.of(row.getString(row.size() - 1)));
  }

  private static double orNaN(Row row, int place) {
    return row.isNullAt(place) ? Double.NaN : row.getDouble(place);
  }

  private static int place(int groupColumns, String column) {
    return groupColumns + OF_A_FEATURE.fieldIndex(column);
  }
}
