package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * What a task may collect before it sends it on.
 *
 * @param features how many features rows may have
 * @param touched how many of them may be touched
 */
public record Bound(int features, int touched) implements Serializable {
  static final Bound NONE = new Bound(Integer.MAX_VALUE, Integer.MAX_VALUE);

  /** A bound for rows of at most so many features. */
  public static Bound ofFeatures(int features) {
    return new Bound(features, Integer.MAX_VALUE);
  }

  /** A bound for rows of any number of features of which at most so many are touched. */
  public static Bound ofTouched(int touched) {
    return new Bound(Integer.MAX_VALUE, touched);
  }
}
