package batchnorm.spark.transform;

import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.UnseenGroup;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * Coefficients of few groups, broadcast to the executors. A row's place is the number of its group.
 */
public final class ByNumber implements Placement {
  private static final long serialVersionUID = 1L;

  private final int size;
  private final int hash;
  private final SharedValue<GroupTable> broadcast;
  private final UnseenGroup unseen;
  private final GroupName name;
  private transient GroupTable received;

  /**
   * Id of a broadcast already found equal, cached because {@code equals} is called once per output
   * column and compares whole tables.
   */
  private transient Long equal;

  /**
   * Returns the coefficients of a broadcast table.
   *
   * @param size the number of features
   * @param hash the hash of the table
   * @param unseen the treatment of groups that are not in the table
   * @param name the name of such a group, for errors
   */
  ByNumber(
      int size, int hash, SharedValue<GroupTable> broadcast, UnseenGroup unseen, GroupName name) {
    this.size = size;
    this.hash = hash;
    this.broadcast = broadcast;
    this.unseen = unseen;
    this.name = name;
  }

  @Override
  public int size() {
    return size;
  }

  /** Returns the number of a key's group, or -1 for an output of null; called by generated code. */
  public int number(UnsafeRow key) {
    int number = table().number(key);
    if (number >= 0) {
      return number;
    }
    return switch (unseen) {
      case ERROR -> throw TransformErrors.unseenGroup(name.of(key));
      case GLOBAL -> table().global();
      case NULL -> -1;
    };
  }

  /** Returns whether rows of groups not in the table have no place. */
  boolean mayLackPlace() {
    return unseen == UnseenGroup.NULL;
  }

  /** The coefficients of a group; called by generated code. */
  public Coefficients coefficients(int group) {
    return table().coefficients().map(group);
  }

  /** The image of {@code x} as feature {@code j} of a group; called by generated code. */
  public double image(double x, int group, int j) {
    return table().coefficients().image(group, j, x);
  }

  /** The image of a long; called by generated code. */
  public double image(long x, int group, int j) {
    return table().coefficients().image(group, j, x);
  }

  @Override
  public Coefficients at(Object place) {
    return coefficients((Integer) place);
  }

  private GroupTable table() {
    if (received == null) {
      received = broadcast.value();
    }
    return received;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof ByNumber groups
            && hash == groups.hash
            && unseen == groups.unseen
            && name.equals(groups.name)
            && equalTables(groups);
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

  /** Text of the plan in {@code explain}. */
  @Override
  public String toString() {
    return "groups(" + size + ")";
  }
}
