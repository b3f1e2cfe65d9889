package batchnorm.spark.internal;

import java.io.Serializable;

/**
 * How a row holds its features.
 *
 * @param features what the feature columns are made of
 * @param columns how many of them there are; 1 unless they are numbers
 * @param weighted whether a column of weights follows them
 */
public record RowLayout(Features features, int columns, boolean weighted) implements Serializable {

  /** What the feature columns are made of. */
  public enum Features {
    /** Numbers, one a column. */
    NUMBERS,
    /** One vector. */
    VECTOR,
    /** One array of doubles. */
    DOUBLE_ARRAY,
    /** One array of floats. */
    FLOAT_ARRAY
  }
}
