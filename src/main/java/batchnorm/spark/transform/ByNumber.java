package batchnorm.spark.transform;

import batchnorm.spark.fit.GroupStatistics;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.GroupRecipe;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The coefficients of few groups, broadcast once to each executor. A row's place is the number of
 * its group.
 */
public final class ByNumber implements Placement {
  private static final long serialVersionUID = 1L;

  private final int size;
  private final int hash;
  private final SharedValue<GroupTable> broadcast;
  private transient GroupTable received;

  /** Another broadcast of an equal table: every feature of a plan asks, and tables are long. */
  private transient Long equal;

  ByNumber(int size, int hash, SharedValue<GroupTable> broadcast) {
    this.size = size;
    this.hash = hash;
    this.broadcast = broadcast;
  }

  /**
   * Returns the coefficients of {@code groups}.
   *
   * @param keys the columns that make the groups
   * @param groups a row of statistics for each group, in the layout of {@link GroupStatistics}
   */
  public static ByNumber of(
      StructType keys, Dataset<Row> groups, GroupRecipe recipe, SparkSession session) {
    GroupTable table = GroupTable.of(keys, groups, recipe);
    return new ByNumber(recipe.features(), table.hashCode(), SharedValue.of(table, session));
  }

  @Override
  public int size() {
    return size;
  }

  /** The coefficients of a group; called by generated code. */
  public Coefficients coefficients(int group) {
    return table().coefficients().map(group);
  }

  /** The image of {@code x} as feature {@code j} of a group; called by generated code. */
  public double image(double x, int group, int j) {
    return table().coefficients().image(group, j, x);
  }

  /** The same of a long; called by generated code. */
  public double image(long x, int group, int j) {
    return table().coefficients().image(group, j, x);
  }

  @Override
  public Coefficients at(Object place) {
    return coefficients((Integer) place);
  }

  @Override
  public boolean mapsAlike(int feature, Placement other, int otherFeature) {
    return feature == otherFeature && equals(other);
  }

  GroupTable table() {
    if (received == null) {
      received = broadcast.value();
    }
    return received;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof ByNumber groups && hash == groups.hash && equalTables(groups);
  }

  private boolean equalTables(ByNumber other) {
    long id = other.broadcast.id();
    if (id == broadcast.id() || equal != null && id == equal) {
      return true;
    }
    if (!table().equals(other.table())) {
      return false;
    }
    equal = id;
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** What {@code explain} shows of the plan. */
  @Override
  public String toString() {
    return "groups(" + size + ")";
  }
}
