package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * Limits at which a task flushes what it has collected.
 *
 * @param features the maximum number of features of a row
 * @param touched the maximum number of features with sums
 */
public record Bound(int features, int touched) implements Serializable {
  static final Bound NONE = new Bound(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** Returns a bound for rows of at most {@code features} features. */
  public static Bound ofFeatures(int features) {
    return new Bound(features, Integer.MAX_VALUE);
  }

  /** Returns a bound for rows of any number of features; at most {@code touched} have sums. */
  public static Bound ofTouched(int touched) {
    return new Bound(Integer.MAX_VALUE, touched);
  }
}
