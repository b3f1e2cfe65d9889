package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;

/**
 * The judge: weight, mean and variance of a feature by exact arithmetic, each rounded once.
 *
 * <p>A double is a decimal with finitely many digits, so sums and products of {@link BigDecimal}
 * are exact; what rounds is {@link Nearest}, once, at the end: {@code mean = S / W} and {@code
 * variance = (W Q - S^2) / (W (W - correction))} with {@code W = sum w}, {@code S = sum w x} and
 * {@code Q = sum w x^2}.
 */
final class ExactMoments {
  private BigDecimal weight = BigDecimal.ZERO;
  private BigDecimal sum = BigDecimal.ZERO;
  private BigDecimal squares = BigDecimal.ZERO;
  private int values;

  private ExactMoments() {}

  /** Returns the moments of the finite ones of {@code values}, each of weight 1. */
  static ExactMoments of(double... values) {
    return weighted(values, Tables.ones(values.length));
  }

  /** Returns the moments of the finite ones of {@code values}. */
  static ExactMoments weighted(double[] values, double[] weights) {
    ExactMoments exact = new ExactMoments();
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        BigDecimal w = new BigDecimal(weights[i]);
        BigDecimal x = new BigDecimal(values[i]);
        exact.weight = exact.weight.add(w);
        exact.sum = exact.sum.add(w.multiply(x));
        exact.squares = exact.squares.add(w.multiply(x).multiply(x));
        exact.values += w.signum();
      }
    }
    return exact;
  }

  double weight() {
    return Nearest.ratio(weight, BigDecimal.ONE);
  }

  /** The mean; NaN of no value. */
  double mean() {
    return weight.signum() == 0 ? Double.NaN : Nearest.ratio(sum, weight);
  }

  /** The variance; NaN without values, 0 if the total weight is at most the correction. */
  double variance(int correction) {
    if (weight.signum() == 0) {
      return Double.NaN;
    }
    BigDecimal divisor = weight.subtract(BigDecimal.valueOf(correction));
    return correction > 0 && isOneByRounding() || divisor.signum() <= 0
        ? 0
        : Nearest.ratio(
            weight.multiply(squares).subtract(sum.multiply(sum)), weight.multiply(divisor));
  }

  /**
   * Returns whether the weight is above 1 by no more than the rounding of so many weights, 2^-52
   * each.
   */
  private boolean isOneByRounding() {
    double bound = 1 + values * 0x1p-52;
    return Nearest.ratio(weight, BigDecimal.ONE) <= bound;
  }

  /** Asserts that feature {@code j} has these very numbers, to the last bit. */
  void assertAreThoseOf(Statistics statistics, int j, String what) {
    assertEquals(weight(), statistics.weight(j), () -> "weight of " + what);
    assertEquals(mean(), statistics.mean(j), () -> "mean of " + what);
    assertEquals(variance(0), statistics.variance(j, 0), () -> "variance of " + what);
    assertEquals(variance(1), statistics.variance(j, 1), () -> "sample variance of " + what);
  }

  /** Asserts the same of feature 0. */
  void assertAreThoseOf(Moments moments) {
    assertAreThoseOf(moments.statistics(), 0, "feature 0");
  }
}
