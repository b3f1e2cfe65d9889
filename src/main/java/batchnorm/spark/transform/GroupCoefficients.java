package batchnorm.spark.transform;

import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Gives the rows of a dataset the coefficients of their groups: by a table on each executor where
 * groups are few, else by a join. The table of each direction is kept for the next transform.
 */
public final class GroupCoefficients {
  private final StructType keys;
  private final Dataset<Row> statistics;
  private final boolean few;
  private final Map<Direction, Table> tables = new EnumMap<>(Direction.class);

  /** A table, what it was made by, and where it lives. */
  private record Table(GroupRecipe recipe, SparkContext context, ByNumber groups) {}

  /**
   * Returns the coefficients of groups.
   *
   * @param keys the columns that make the groups
   * @param statistics a row a group, in the layout of {@link GroupStatistics}
   * @param few whether the statistics are here, and small enough for every executor
   */
  public GroupCoefficients(StructType keys, Dataset<Row> statistics, boolean few) {
    this.keys = keys;
    this.statistics = statistics;
    this.few = few;
  }

  /**
   * Returns what gives every row of a dataset the coefficients of its group. Lazy; runs no job
   * where groups are few. Where Spark may not broadcast tables ({@code
   * spark.sql.autoBroadcastJoinThreshold = -1}), nor are groups. Functions of the public API look
   * up every group, however many there are.
   *
   * @param columns the group columns of the dataset
   * @throws IllegalArgumentException if they are not of the types that the groups were fitted on
   */
  public CoefficientSource of(GroupColumns columns, GroupRecipe recipe, UnseenGroup unseen) {
    columns.requireTypesOf(keys);
    List<InputColumn> fields = columns.fields();
    return new CoefficientSource(
        rows ->
            few && ExpressionPlaces.mayBroadcast(rows.sparkSession())
                ? ExpressionPlaces.lookedUp(
                    rows, fields, table(recipe, rows.sparkSession()), unseen)
                : ExpressionPlaces.joined(rows, fields, statistics, recipe, unseen),
        rows ->
            PublicPlaces.lookedUp(rows, fields, keys, table(recipe, rows.sparkSession()), unseen));
  }

  private synchronized ByNumber table(GroupRecipe recipe, SparkSession session) {
    SparkContext context = session.sparkContext();
    Table table = tables.get(recipe.direction());
    if (table == null || table.context != context || !table.recipe.equals(recipe)) {
      table = new Table(recipe, context, ByNumber.of(keys, statistics, recipe, session));
      tables.put(recipe.direction(), table);
    }
    return table.groups;
  }
}
