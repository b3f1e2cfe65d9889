package batchnorm.spark.normalize;

import batchnorm.spark.moments.Doubles;
import batchnorm.spark.moments.ExactLong;
import batchnorm.spark.moments.IntegerMean;
import batchnorm.spark.moments.ScaledDouble;
import batchnorm.spark.moments.Statistics;
import java.util.Optional;

/**
 * Formula of one feature of {@link Coefficients}. It differs from {@code (x - center) * scale +
 * shift} if that would lose digits or leave the range of double. Its kind and two more numbers are
 * in three more blocks of the coefficients.
 *
 * <ul>
 *   <li>{@code PLAIN}: {@code (x - center) * scale + shift}.
 *   <li>{@code INTEGERS}: the same, with the center as the sum of an integer and a fraction; longs
 *       are subtracted as longs.
 *   <li>{@code TWO_SHIFTS}: {@code ((x - center) * scale + second shift) + shift}.
 *   <li>{@code SCALED}: {@code ((x * before - center) * scale + shift) * after}, with powers of two
 *       that keep intermediate results in the range of double.
 * </ul>
 */
public record FeatureFormula(
    double center, double scale, double shift, double kind, double first, double second) {
  static final double PLAIN = 0;
  static final double INTEGERS = 1;
  static final double TWO_SHIFTS = 2;
  static final double SCALED = 3;

  /** Number of blocks if all features are plain. */
  static final int PLAIN_BLOCKS = 3;

  /** Number of blocks if some feature is not plain. */
  static final int BLOCKS = 6;

  private static final int SCALE = 1;
  private static final int SHIFT = 2;
  private static final int KIND = 3;
  private static final int FIRST = 4;
  private static final int SECOND = 5;
  private static final double TWO_63 = 0x1p63;

  /** Exponent of the mean from which {@code x - mean} may be beyond the range of double. */
  private static final int LARGE_MEAN = 970;

  /** Maximum magnitude of the exponent of a divisor or scale that is not split in two. */
  private static final int ORDINARY_EXPONENT = 960;

  /** Maximum exponent of a factor that is split off: the power of two is a double. */
  private static final int GREATEST_POWER = 1000;

  /** Returns the formula of feature {@code j} that loses no digits in {@code direction}. */
  static FeatureFormula of(Direction direction, Statistics statistics, Recipe recipe, int j) {
    boolean restores = direction == Direction.RESTORING;
    ScaledDouble divisor = recipe.divisor(statistics, j);
    double gamma = recipe.gamma(j);
    double beta = recipe.beta(j);
    double mean = recipe.withMean() ? statistics.mean(j) : 0;
    if (divisor.significand() == Double.POSITIVE_INFINITY) {
      // The result is beta, or the mean if restored: an overflowing difference would make it NaN.
      return restores ? plain(beta, 0, mean) : plain(0, gamma / divisor.doubleValue(), beta);
    }
    if (isLarge(mean) || isExtreme(divisor, gamma)) {
      return restores ? scaledBack(beta, divisor, gamma, mean) : scaled(mean, divisor, gamma, beta);
    }
    FeatureFormula plain =
        restores
            ? plain(beta, divisor.doubleValue() / gamma, mean)
            : plain(mean, gamma / divisor.doubleValue(), beta);
    Optional<IntegerMean> integers =
        recipe.withMean() ? statistics.integerMean(j) : Optional.empty();
    return integers.isEmpty()
        ? plain
        : restores ? plain.plusIntegers(integers.get()) : plain.minusIntegers(integers.get());
  }

  private static FeatureFormula plain(double center, double scale, double shift) {
    return new FeatureFormula(center, scale, shift, PLAIN, 0, 0);
  }

  private static FeatureFormula scaled(
      double center, ScaledDouble divisor, double gamma, double beta) {
    int most = center == 0 ? GREATEST_POWER : GREATEST_POWER - 100 - Math.getExponent(center);
    int power = clamp(Math.min(most, -divisor.magnitude()));
    double before = Math.scalb(1.0, power);
    return new FeatureFormula(
        center * before, divisor.dividing(gamma, -power), beta, SCALED, before, 1);
  }

  private static FeatureFormula scaledBack(
      double beta, ScaledDouble divisor, double gamma, double mean) {
    int magnitude = divisor.magnitude() - Math.getExponent(gamma);
    int power = clamp(mean == 0 ? magnitude : Math.max(magnitude, Math.getExponent(mean)));
    return new FeatureFormula(
        beta,
        divisor.dividedBy(gamma, -power),
        Math.scalb(mean, -power),
        SCALED,
        1,
        Math.scalb(1.0, power));
  }

  /** Returns a formula that subtracts {@code mean}; the center is the mean's nearest double. */
  private FeatureFormula minusIntegers(IntegerMean mean) {
    // The integer may have more digits than a double; its distance from the center has not.
    return new FeatureFormula(
        center, scale, shift, INTEGERS, mean.whole() - integer(center), mean.fraction());
  }

  /**
   * Returns a formula that adds {@code mean} to the mapped value; the shift is the mean's nearest
   * double.
   */
  private FeatureFormula plusIntegers(IntegerMean mean) {
    long whole = mean.whole() - integer(shift);
    double rest = mean.fraction() - (Math.abs(shift) < TWO_63 ? shift - integer(shift) : 0);
    return new FeatureFormula(center, scale, shift, TWO_SHIFTS, whole + rest, 0);
  }

  private static boolean isLarge(double mean) {
    return Doubles.isFinite(mean) && Math.getExponent(mean) >= LARGE_MEAN;
  }

  /**
   * Returns whether the divisor, or the quotient of gamma and it, is near the ends of the range of
   * double.
   */
  private static boolean isExtreme(ScaledDouble divisor, double gamma) {
    if (!(divisor.significand() > 0 && divisor.significand() <= Double.MAX_VALUE) || gamma == 0) {
      return false;
    }
    int magnitude = divisor.magnitude();
    return Math.abs(magnitude) > ORDINARY_EXPONENT
        || Math.abs(Math.getExponent(gamma) - magnitude) > ORDINARY_EXPONENT;
  }

  private static int clamp(int power) {
    return Math.max(-GREATEST_POWER, Math.min(GREATEST_POWER, power));
  }

  /** Returns the formula of the feature at {@code at} of a map of {@code size} features. */
  static FeatureFormula read(double[] numbers, int at, int size, int blocks) {
    double center = numbers[at];
    double scale = numbers[at + SCALE * size];
    double shift = numbers[at + SHIFT * size];
    return blocks == PLAIN_BLOCKS
        ? plain(center, scale, shift)
        : new FeatureFormula(
            center,
            scale,
            shift,
            numbers[at + KIND * size],
            numbers[at + FIRST * size],
            numbers[at + SECOND * size]);
  }

  boolean isPlain() {
    return kind == PLAIN;
  }

  /** Returns whether longs are subtracted from an integer, {@link #whole()}. */
  public boolean isOfIntegers() {
    return kind == INTEGERS;
  }

  /** The integer part of the center if this {@link #isOfIntegers()}, otherwise 0. */
  public long whole() {
    return isOfIntegers() ? whole(center, first) : 0;
  }

  /** The center minus {@link #whole()} if this {@link #isOfIntegers()}, otherwise 0. */
  public double fraction() {
    return isOfIntegers() ? second : 0;
  }

  /** The factor before the center is subtracted; 1 for most formulas. */
  public double before() {
    return kind == SCALED ? first : 1;
  }

  /** The factor of the result; 1 for most formulas. */
  public double after() {
    return kind == SCALED ? second : 1;
  }

  /** The summand before {@link #shift()}; -0.0, which changes no sum, for most formulas. */
  public double secondShift() {
    return kind == TWO_SHIFTS ? first : -0.0;
  }

  /** Writes this as feature {@code at} of one map of {@code size} features. */
  void write(double[] numbers, int at, int size) {
    numbers[at] = center;
    numbers[at + SCALE * size] = scale;
    numbers[at + SHIFT * size] = shift;
    if (!isPlain()) {
      numbers[at + KIND * size] = kind;
      numbers[at + FIRST * size] = first;
      numbers[at + SECOND * size] = second;
    }
  }

  /** Returns whether the feature at {@code at} of a map of {@code size} features is not plain. */
  static boolean isSpecial(double[] numbers, int at, int size) {
    return numbers[at + KIND * size] != PLAIN;
  }

  static boolean isScaled(double[] numbers, int at, int size) {
    return numbers[at + KIND * size] == SCALED;
  }

  /** The image of {@code x} as the feature whose center is {@code numbers[at]}. */
  static double image(double[] numbers, int at, int size, int blocks, double x) {
    if (blocks > PLAIN_BLOCKS && isSpecial(numbers, at, size)) {
      return special(numbers, at, size, x);
    }
    return image(x, numbers[at], numbers[at + size], numbers[at + 2 * size]);
  }

  /** The image of a long, which is subtracted as a long if no double equals it. */
  static double image(double[] numbers, int at, int size, int blocks, long x) {
    if (blocks > PLAIN_BLOCKS && isSpecial(numbers, at, size)) {
      return special(numbers, at, size, x);
    }
    double center = numbers[at];
    double scale = numbers[at + size];
    double shift = numbers[at + 2 * size];
    return ExactLong.isDouble(x)
        ? image((double) x, center, scale, shift)
        : IntegerMean.difference(x, center) * scale + shift;
  }

  /** The image of {@code x} under the numbers of a plain feature. */
  static double image(double x, double center, double scale, double shift) {
    return (x - center) * scale + shift;
  }

  private static double special(double[] numbers, int at, int size, double x) {
    double center = numbers[at];
    double scale = numbers[at + SCALE * size];
    double shift = numbers[at + SHIFT * size];
    double first = numbers[at + FIRST * size];
    double second = numbers[at + SECOND * size];
    double kind = numbers[at + KIND * size];
    if (kind == INTEGERS) {
      return IntegerMean.difference(x, whole(center, first), second) * scale + shift;
    }
    if (kind == TWO_SHIFTS) {
      return ((x - center) * scale + first) + shift;
    }
    return ((x * first - center) * scale + shift) * second;
  }

  /** The image of a long, which is not rounded before the center is subtracted. */
  private static double special(double[] numbers, int at, int size, long x) {
    if (numbers[at + KIND * size] != INTEGERS) {
      return special(numbers, at, size, (double) x);
    }
    long whole = whole(numbers[at], numbers[at + FIRST * size]);
    return IntegerMean.difference(x, whole, numbers[at + SECOND * size])
            * numbers[at + SCALE * size]
        + numbers[at + SHIFT * size];
  }

  private static long whole(double center, double offset) {
    return integer(center) + (long) offset;
  }

  /** The integer part of {@code x}, modulo 2^64: the mean of longs near 2^63 rounds to 2^63. */
  static long integer(double x) {
    return x == TWO_63 ? Long.MIN_VALUE : (long) x;
  }
}
