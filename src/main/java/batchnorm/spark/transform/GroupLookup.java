package batchnorm.spark.transform;

import batchnorm.spark.compat.SparkErrors;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.normalize.UnseenGroup;
import java.io.Serializable;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Numbers groups by their keys, and says what becomes of those that were not fitted on. */
public final class GroupLookup implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ByNumber groups;
  private final UnseenGroup unseen;
  private final GroupName name;

  GroupLookup(ByNumber groups, UnseenGroup unseen, GroupName name) {
    this.groups = groups;
    this.unseen = unseen;
    this.name = name;
  }

  /** The number of the group, or -1 for null; called by generated code. */
  public int number(UnsafeRow key) {
    GroupTable table = groups.table();
    int number = table.number(key);
    if (number >= 0) {
      return number;
    }
    return switch (unseen) {
      case ERROR -> throw SparkErrors.ofTask(Errors.unseenGroup(name.of(key)));
      case GLOBAL -> table.global();
      case NULL -> -1;
    };
  }

  /** Whether there may be no number. */
  boolean mayBeNull() {
    return unseen == UnseenGroup.NULL;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupLookup lookup
        && groups.equals(lookup.groups)
        && unseen == lookup.unseen
        && name.equals(lookup.name);
  }

  @Override
  public int hashCode() {
    return 31 * groups.hashCode() + unseen.hashCode();
  }
}
