package batchnorm.spark.moments;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Mean and variance from exact sums, each rounded once: {@code mean = S / n} and {@code variance =
 * (n Q - S^2) / (n (n - correction))} for the sum {@code S}, the sum of squares {@code Q} and the
 * sum of weights {@code n}. In exact arithmetic this textbook formula loses no digits by
 * cancellation.
 *
 * <p>Both are first computed with about 100 bits and a bound of the error. If the bound leaves more
 * than one double, integers of any size decide: at ties, for variances that are 0 or less than
 * about 2^-45 of the mean square, and at the ends of the range of double.
 */
final class ExactVariance {
  /**
   * Bound of the sum of all errors of {@link DoubleDouble}, relative to the mean or, for a
   * variance, to {@code n Q}. In units of 2^-106 the errors are 4 for each of S, Q, n and n -
   * correction, 4 for each product, 3 for the difference and 15 for the quotient: at most 24 + 3 +
   * 12 + 15 = 54.
   */
  private static final double RELATIVE_ERROR = 0x1p-99;

  private static final ExactSum MINUS_ONE = ExactSum.of(-1);

  /** Total weight, prepared once for all features that share it. */
  static final class Weight {
    private final ExactSum exact;
    private final DoubleDouble near;
    private final DoubleDouble[] divisors;
    private final double rounded;

    Weight(ExactSum weight) {
      exact = weight;
      near = weight.near();
      DoubleDouble lessOne = weight.plus(MINUS_ONE).near();
      divisors = new DoubleDouble[] {near.times(near), near.times(lessOne)};
      rounded = weight.doubleValue();
    }

    ExactSum exact() {
      return exact;
    }

    double rounded() {
      return rounded;
    }

    private boolean isZero() {
      return near.high() == 0;
    }

    /** The exact {@code n - correction}, times two to the power of {@link #unit()}. */
    private BigInteger less(int correction) {
      return exact
          .significand()
          .shiftLeft(exact.exponent() - unit())
          .subtract(BigInteger.valueOf(correction).shiftLeft(-unit()));
    }

    private int unit() {
      return Math.min(exact.exponent(), 0);
    }
  }

  private final Weight weight;
  private final ExactSum sum;
  private final ExactSum squares;
  private final DoubleDouble nearSum;
  private final boolean allZero;

  /** Approximation of {@code n Q - S^2}; the next field is its ratio to {@code n Q}. */
  private final DoubleDouble spread;

  private final double spreadRatio;

  /** {@code n Q - S^2}, divided by the unit of n; null until it is computed. */
  private Dyadic exactSpread;

  ExactVariance(Weight weight, ExactSum sum, ExactSum squares) {
    this.weight = weight;
    this.sum = sum;
    this.squares = squares;
    nearSum = sum.near();
    DoubleDouble nearSquares = squares.near();
    allZero = nearSquares.high() == 0;
    DoubleDouble product = weight.near.times(nearSquares);
    spread = product.minus(nearSum.times(nearSum));
    spreadRatio = spread.partOf(product);
  }

  /** The mean; NaN if nothing was summed. */
  double mean() {
    return mean(weight, sum, nearSum);
  }

  /** Returns {@code sum / weight}, rounded once; NaN if nothing was summed. */
  static double mean(Weight weight, ExactSum sum) {
    return mean(weight, sum, sum.near());
  }

  private static double mean(Weight weight, ExactSum sum, DoubleDouble nearSum) {
    if (weight.isZero()) {
      return Double.NaN;
    }
    if (nearSum.high() == 0) {
      return 0;
    }
    double near = nearSum.over(weight.near).rounded(RELATIVE_ERROR);
    return Double.isNaN(near)
        ? ExactRatio.round(
            sum.significand(), weight.exact.significand(), sum.exponent() - weight.exact.exponent())
        : near;
  }

  /** The variance; NaN if nothing was summed, 0 if the total weight is at most the correction. */
  double variance(int correction) {
    if (weight.isZero()) {
      return Double.NaN;
    }
    if (allZero || weight.rounded <= correction && weight.less(correction).signum() <= 0) {
      return 0;
    }
    double near = spread.over(weight.divisors[correction]).rounded(RELATIVE_ERROR / spreadRatio);
    return Double.isNaN(near) ? exactVariance(correction) : near;
  }

  /**
   * Returns the variance with an exponent of its own if the double is infinite, subnormal, or 0
   * although the values differ; empty if the double is enough.
   */
  Optional<ScaledDouble> scaledVariance(int correction) {
    double variance = variance(correction);
    boolean isTold = variance >= Double.MIN_NORMAL && variance <= Double.MAX_VALUE;
    if (isTold || weight.isZero() || allZero || weight.less(correction).signum() <= 0) {
      return Optional.empty();
    }
    Dyadic numerator = exactSpread();
    if (numerator.significand().signum() == 0) {
      return Optional.empty();
    }
    BigInteger denominator = denominator(correction);
    int exponent = numerator.exponent() - weight.unit();
    int magnitude = numerator.significand().bitLength() - denominator.bitLength() + exponent & ~1;
    return Optional.of(
        new ScaledDouble(
            ExactRatio.round(numerator.significand(), denominator, exponent - magnitude),
            magnitude));
  }

  /** Returns whether some values have these sums: {@code n Q} is at least {@code S^2}. */
  boolean isPossible() {
    return spread.high() > 0 && spreadRatio > RELATIVE_ERROR
        || exactSpread().significand().signum() >= 0;
  }

  private double exactVariance(int correction) {
    Dyadic numerator = exactSpread();
    return ExactRatio.round(
        numerator.significand(), denominator(correction), numerator.exponent() - weight.unit());
  }

  /** {@code n (n - correction)}, times two to the powers of both units. */
  private BigInteger denominator(int correction) {
    return weight.exact.significand().multiply(weight.less(correction));
  }

  /** {@code n Q - S^2}, divided by the unit of n. */
  private Dyadic exactSpread() {
    if (exactSpread != null) {
      return exactSpread;
    }
    BigInteger n = weight.exact.significand();
    int nExponent = weight.exact.exponent();
    BigInteger product = n.multiply(squares.significand());
    BigInteger square = sum.significand().pow(2);
    int productExponent = nExponent + squares.exponent();
    int squareExponent = 2 * sum.exponent();
    int exponent = Math.min(productExponent, squareExponent);
    BigInteger exact =
        product
            .shiftLeft(productExponent - exponent)
            .subtract(square.shiftLeft(squareExponent - exponent));
    exactSpread = new Dyadic(exact, exponent - nExponent);
    return exactSpread;
  }
}
