package batchnorm.spark.moments;

import java.math.BigInteger;

/**
 * Mean and variance from exact sums, each rounded once: {@code mean = S / n} and {@code variance =
 * (n Q - S^2) / (n (n - correction))} for the sum {@code S}, the sum of squares {@code Q} and the
 * sum of weights {@code n}. In exact arithmetic this textbook formula cancels nothing.
 */
final class ExactVariance {
  /** A sum of weights, prepared once for all features that share it. */
  static final class Weight {
    private final BigInteger significand;
    private final int exponent;
    private final double rounded;

    Weight(ExactSum weight) {
      significand = weight.significand();
      exponent = weight.exponent();
      rounded = weight.doubleValue();
    }

    double rounded() {
      return rounded;
    }
  }

  private final BigInteger n;
  private final int nExponent;
  private final BigInteger sum;
  private final int sumExponent;

  /** {@code n Q - S^2} and its exponent. */
  private final BigInteger spread;

  private final int spreadExponent;

  ExactVariance(Weight weight, ExactSum sum, ExactSum squares) {
    n = weight.significand;
    nExponent = weight.exponent;
    this.sum = sum.significand();
    sumExponent = sum.exponent();
    BigInteger product = n.multiply(squares.significand());
    BigInteger square = this.sum.multiply(this.sum);
    int productExponent = nExponent + squares.exponent();
    int squareExponent = 2 * sumExponent;
    spreadExponent = Math.min(productExponent, squareExponent);
    spread =
        product
            .shiftLeft(productExponent - spreadExponent)
            .subtract(square.shiftLeft(squareExponent - spreadExponent));
  }

  /** The mean; NaN if nothing was summed. */
  double mean() {
    return n.signum() == 0 ? Double.NaN : ExactRatio.round(sum, n, sumExponent - nExponent);
  }

  /** The variance; NaN if nothing was summed, 0 if what was weighs no more than the correction. */
  double variance(int correction) {
    if (n.signum() == 0) {
      return Double.NaN;
    }
    int exponent = Math.min(nExponent, 0);
    BigInteger divisor =
        n.shiftLeft(nExponent - exponent)
            .subtract(BigInteger.valueOf(correction).shiftLeft(-exponent));
    if (divisor.signum() <= 0) {
      return 0;
    }
    return ExactRatio.round(spread, n.multiply(divisor), spreadExponent - nExponent - exponent);
  }
}
