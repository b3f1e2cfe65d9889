package batchnorm.spark.moments;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The judge: weight, mean and sum of squared deviations of a feature by exact arithmetic.
 *
 * <p>A double is a decimal with finitely many digits, so sums and products of {@link BigDecimal}
 * are exact; what rounds is the one division by the weight, to {@link #DIGITS} digits, and it is
 * the last operation: {@code m2 = (W sum w x^2 - (sum w x)^2) / W} with {@code W = sum w}.
 */
record ExactMoments(BigDecimal weight, BigDecimal mean, BigDecimal m2) {
  /** Far more than the 17 a double can show. */
  private static final MathContext DIGITS = new MathContext(60);

  /** Returns the moments of {@code values}, each of weight 1. */
  static ExactMoments of(double... values) {
    return weighted(values, Tables.ones(values.length));
  }

  /** Returns the moments of the finite ones of {@code values}; of no value they do not exist. */
  static ExactMoments weighted(double[] values, double[] weights) {
    BigDecimal weight = BigDecimal.ZERO;
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        BigDecimal w = new BigDecimal(weights[i]);
        BigDecimal x = new BigDecimal(values[i]);
        weight = weight.add(w);
        sum = sum.add(w.multiply(x));
        squares = squares.add(w.multiply(x).multiply(x));
      }
    }
    if (weight.signum() == 0) {
      throw new IllegalArgumentException("no finite value");
    }
    return new ExactMoments(
        weight,
        sum.divide(weight, DIGITS),
        weight.multiply(squares).subtract(sum.multiply(sum)).divide(weight, DIGITS));
  }
}
