package batchnorm.spark.moments;

/**
 * Exact sums of one feature, as a saved model keeps them for updates.
 *
 * @param sum the weighted sum of the values
 * @param squares the weighted sum of their squares
 * @param notANumber the number of rows in which it is null or NaN
 * @param infinite the number of rows in which it is infinite
 * @param missingWeight the total weight of those rows
 * @param integers true if some values were longs beyond 2^53
 * @param min the smallest value; NaN if there is none or it is unknown
 * @param max the greatest value, likewise
 */
public record SavedSums(
    Dyadic sum,
    Dyadic squares,
    long notANumber,
    long infinite,
    Dyadic missingWeight,
    boolean integers,
    double min,
    double max) {
  /** Returns whether every row has the value 0 for this feature. */
  boolean isZero() {
    return squares.significand().signum() == 0 && notANumber == 0 && infinite == 0;
  }
}
