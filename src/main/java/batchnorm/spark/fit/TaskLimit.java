package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * Limits at which a task flushes what it has collected.
 *
 * @param features the maximum number of features of a row whose values are added
 * @param touched the maximum number of features with sums
 * @param endsAtWider true if a task ends at the first row of more features; otherwise it records
 *     the faults of all rows
 */
public record TaskLimit(int features, int touched, boolean endsAtWider) implements Serializable {
  static final TaskLimit NONE = ofTouched(Integer.MAX_VALUE);

  /** No values are added; rows are read for their faults alone. */
  static final TaskLimit FAULTS = new TaskLimit(0, Integer.MAX_VALUE, false);

  /** Returns a limit for rows of at most {@code features} features. */
  public static TaskLimit ofFeatures(int features) {
    return new TaskLimit(features, Integer.MAX_VALUE, true);
  }

  /** Returns a limit for rows of any number of features; at most {@code touched} have sums. */
  public static TaskLimit ofTouched(int touched) {
    return new TaskLimit(Integer.MAX_VALUE, touched, true);
  }
}
