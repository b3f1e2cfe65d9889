package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * Limits at which a task flushes what it has collected.
 *
 * @param features the maximum number of features of a row
 * @param touched the maximum number of features with sums
 */
public record TaskLimit(int features, int touched) implements Serializable {
  static final TaskLimit NONE = new TaskLimit(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** Returns a limit for rows of at most {@code features} features. */
  public static TaskLimit ofFeatures(int features) {
    return new TaskLimit(features, Integer.MAX_VALUE);
  }

  /** Returns a limit for rows of any number of features; at most {@code touched} have sums. */
  public static TaskLimit ofTouched(int touched) {
    return new TaskLimit(Integer.MAX_VALUE, touched);
  }
}
