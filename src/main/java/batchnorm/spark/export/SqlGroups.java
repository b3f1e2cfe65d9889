package batchnorm.spark.export;

import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.List;

/**
 * Groups of a model.
 *
 * @param columns the group columns
 * @param groups the groups, in any order
 * @param unseen the treatment of rows of other groups
 */
public record SqlGroups(List<Column> columns, List<Group> groups, UnseenGroup unseen) {

  /** Type of a group column. */
  public enum Type {
    INTEGER,
    DOUBLE,
    DECIMAL,
    TEXT,
    LOGICAL,
    DATE,
    INSTANT,
    LOCAL_TIME
  }

  /**
   * A group column.
   *
   * @param precision the number of digits, if it has decimals
   * @param scale the number of digits after the point, if it has decimals
   */
  public record Column(String name, Type type, int precision, int scale) {}

  /**
   * A group.
   *
   * @param key the values of the group columns: those of java.time, java.math and java.lang; may be
   *     null
   */
  public record Group(List<Object> key, Coefficients coefficients) {}
}
