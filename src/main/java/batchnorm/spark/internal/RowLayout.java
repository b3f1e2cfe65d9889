package batchnorm.spark.internal;

import java.io.Serializable;

/**
 * How a row holds its features.
 *
 * @param features what the feature columns are made of
 * @param columns how many of them there are; 1 unless they are numbers
 * @param weighted whether the weight follows them, as a double
 */
public record RowLayout(Features features, int columns, boolean weighted) implements Serializable {

  /** What the feature columns are made of. */
  public enum Features {
    /** Doubles, one a column. */
    NUMBERS,
    /** One vector. */
    VECTOR,
    /** One array of doubles. */
    DOUBLE_ARRAY,
    /** One array of floats. */
    FLOAT_ARRAY
  }
}
