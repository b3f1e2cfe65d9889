package batchnorm.spark.transform;

import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * Adds to the rows of a dataset the coefficients of their groups: from a table on each executor if
 * there are few groups, else by a join. The table of each direction is cached for the next
 * transform.
 */
public final class GroupCoefficients {
  private final StructType keys;
  private final Dataset<Row> statistics;
  private final boolean few;
  private final Map<Direction, Table> tables = new EnumMap<>(Direction.class);

  /** Broadcast table with its recipe and session. */
  private record Table(
      GroupRecipe recipe, SparkContext context, int hash, SharedValue<GroupTable> broadcast) {}

  /**
   * Returns the coefficients of groups.
   *
   * @param keys the columns that make the groups
   * @param statistics a row for each group, in the layout of {@link GroupStatistics}
   * @param few true if the statistics are on the driver, and small enough for every executor
   */
  public GroupCoefficients(StructType keys, Dataset<Row> statistics, boolean few) {
    this.keys = keys;
    this.statistics = statistics;
    this.few = few;
  }

  /**
   * Returns the source of the coefficients for the rows of a dataset. It is lazy, and runs no job
   * if there are few groups. Groups are not broadcast if Spark may not broadcast tables ({@code
   * spark.sql.autoBroadcastJoinThreshold = -1}). Functions of the public API look up groups in a
   * table for any number of groups.
   *
   * @param columns the group columns of the dataset
   * @throws IllegalArgumentException if their types differ from those of the fitted groups
   */
  public CoefficientSource of(GroupColumns columns, GroupRecipe recipe, UnseenGroup unseen) {
    columns.requireTypesOf(keys);
    List<InputColumn> fields = columns.fields();
    return new CoefficientSource(
        rows ->
            few && ExpressionPlaces.mayBroadcast(rows.sparkSession())
                ? ExpressionPlaces.lookedUp(rows, fields, lookup(rows, fields, recipe, unseen))
                : ExpressionPlaces.joined(rows, fields, statistics, recipe, unseen),
        rows -> PublicPlaces.lookedUp(rows, fields, keys, lookup(rows, fields, recipe, unseen)));
  }

  /**
   * Reads the coefficients of all groups, and runs a job if there are many.
   *
   * @param groups receives the values of the group columns and the coefficients of each group
   */
  public void forEach(GroupRecipe recipe, BiConsumer<List<Object>, Coefficients> groups) {
    SparkSession session = statistics.sparkSession();
    GroupName name =
        GroupName.of(Arrays.stream(keys.fields()).map(InputColumn::of).toList(), session);
    for (InternalRow row : ClassicSpark.query(statistics).executedPlan().executeCollect()) {
      InternalRow key = row.getStruct(GroupStatistics.GROUP, keys.size());
      groups.accept(GroupKey.values(key, keys), ofGroup(recipe, row, () -> name.of(key)));
    }
  }

  /**
   * Returns the coefficients of a group.
   *
   * @param statistics a row in the layout of {@link GroupStatistics}
   * @param name the name of the group, for the error if it is too small
   */
  static Coefficients ofGroup(GroupRecipe recipe, InternalRow statistics, Supplier<String> name) {
    SampleSize size = GroupStatistics.size(statistics);
    int correction = recipe.recipe().correction();
    return recipe.coefficients(
        () -> TransformErrors.smallGroupToNormalize(name.get(), size.weight(), correction),
        size,
        () -> GroupStatistics.statistics(statistics));
  }

  private ByNumber lookup(
      Dataset<?> rows, List<InputColumn> fields, GroupRecipe recipe, UnseenGroup unseen) {
    SparkSession session = rows.sparkSession();
    Table table = table(recipe, session);
    return new ByNumber(
        recipe.features(), table.hash, table.broadcast, unseen, GroupName.of(fields, session));
  }

  private synchronized Table table(GroupRecipe recipe, SparkSession session) {
    SparkContext context = session.sparkContext();
    Table table = tables.get(recipe.direction());
    if (table == null || table.context != context || !table.recipe.equals(recipe)) {
      GroupTable made = GroupTable.of(keys, statistics, recipe);
      long growth = made.coefficients().bytesOfViews();
      table = new Table(recipe, context, made.hashCode(), SharedValue.of(made, growth, session));
      tables.put(recipe.direction(), table);
    }
    return table;
  }
}
