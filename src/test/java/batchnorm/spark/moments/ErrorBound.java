package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;

/**
 * How far from exact the mean and m2 of one feature may be, when {@code values} of them were put
 * together from {@code parts} (blocks or sparse rows), in any order.
 *
 * <p>With the unit roundoff {@code u = 2^-53}, {@code n} values of total weight {@code W}, the
 * largest magnitude {@code A} and {@code std = sqrt(m2 / W)}:
 *
 * <ul>
 *   <li>mean: what a block or a merge adds to its first guess is a sum of deviations, off by {@code
 *       e = 8 (n + parts) u std}, and by {@code 4 u u A} a part for the digits below the mean's
 *       own; the result is rounded to {@code u A} at last. Nothing grows with {@code parts u A}: a
 *       mean carries the rest that its rounding leaves.
 *   <li>m2: the corrected two-pass sums of a block are good to {@code 8 n u} (Chan, Golub, LeVeque
 *       1983, table 1), of deviations that contain the rounding of the block's mean once, {@code W
 *       (u A)^2}. A merge adds {@code w delta^2} for the difference {@code delta} of two means,
 *       which is wrong by up to {@code 2 e}. Over all merges {@code sum w delta^2 <= m2} and {@code
 *       sum w <= W parts}, so by Cauchy and Schwarz they are off by {@code 4 e sqrt(m2 W parts) + 4
 *       e^2 W parts}.
 *   <li>What falls below the smallest double is lost once an operation.
 * </ul>
 *
 * <p>Against a one-pass sum of squares, off by {@code u W A^2}, the bound is smaller by a factor of
 * {@code (A / std)^2}: {@link MomentsAccuracyTest} shows that it tells the two apart.
 */
final class ErrorBound {
  private static final double UNIT_ROUNDOFF = 0x1p-53;

  private final ExactMoments exact;
  private final double ofMean;
  private final double ofM2;

  private ErrorBound(ExactMoments exact, int values, int parts, double magnitude) {
    double u = UNIT_ROUNDOFF;
    double m2 = exact.m2().doubleValue();
    double weight = exact.weight().doubleValue();
    double merges = parts - 1;
    this.exact = exact;
    double e =
        8 * (values + parts) * u * Math.sqrt(m2 / weight)
            + 4 * parts * u * u * magnitude
            + parts * Double.MIN_VALUE;
    ofMean = 2 * u * magnitude + e;
    ofM2 =
        8 * values * u * (m2 + weight * Math.pow(u * magnitude, 2))
            + 4 * e * Math.sqrt(m2) * Math.sqrt(weight * merges)
            + 4 * e * e * weight * merges
            + 4 * values * Math.max(1, weight) * Double.MIN_VALUE;
  }

  /** Returns the bound for rows of weight 1. */
  static ErrorBound of(double[] values, int parts) {
    return weighted(values, Tables.ones(values.length), parts);
  }

  /** Returns the bound for the finite ones of {@code values}. */
  static ErrorBound weighted(double[] values, double[] weights, int parts) {
    double magnitude = 0;
    int count = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        magnitude = Math.max(magnitude, Math.abs(value));
        count++;
      }
    }
    return new ErrorBound(ExactMoments.weighted(values, weights), count, parts, magnitude);
  }

  /** Asserts that feature {@code j} has the exact mean and m2 within the bound. */
  void assertHolds(Statistics statistics, int j) {
    assertTrue(
        holdsForMean(statistics.mean(j)),
        () -> described("mean", statistics.mean(j), exact.mean(), ofMean));
    assertTrue(
        holdsForM2(statistics.m2(j)), () -> described("m2", statistics.m2(j), exact.m2(), ofM2));
  }

  /** Asserts the same, and that the weights add up to the last bit, as whole numbers do. */
  void assertHoldsWithExactWeight(Statistics statistics, int j) {
    assertEquals(exact.weight().doubleValue(), statistics.weight(j));
    assertHolds(statistics, j);
  }

  boolean holdsForMean(double mean) {
    return distance(exact.mean(), mean) <= ofMean;
  }

  boolean holdsForM2(double m2) {
    return distance(exact.m2(), m2) <= ofM2;
  }

  /** Infinite for what is not a number, and thus within no bound. */
  private static double distance(BigDecimal exact, double found) {
    return Double.isFinite(found)
        ? exact.subtract(new BigDecimal(found)).abs().doubleValue()
        : Double.POSITIVE_INFINITY;
  }

  private static String described(String what, double found, BigDecimal exact, double bound) {
    return what + " is " + found + ", exact " + exact + ", bound " + bound;
  }
}
