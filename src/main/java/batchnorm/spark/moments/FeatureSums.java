package batchnorm.spark.moments;

/**
 * What is known of one feature, exactly: what a saved model keeps, so that it can be continued.
 *
 * @param sum the weighted sum of the values
 * @param squares the weighted sum of their squares
 * @param notANumber how many rows were null or NaN
 * @param infinite how many rows were infinite
 * @param missingWeight what those rows weigh
 * @param integers whether some values were longs beyond 2^53
 */
public record FeatureSums(
    Dyadic sum,
    Dyadic squares,
    long notANumber,
    long infinite,
    Dyadic missingWeight,
    boolean integers) {
  /** Whether no row has missed the feature, and all have had 0. */
  boolean isZero() {
    return squares.significand().signum() == 0 && notANumber == 0 && infinite == 0;
  }
}
