package batchnorm.spark.normalize;

import batchnorm.spark.moments.IntegerMean;

/**
 * The formula of one feature of an {@link AffineMap}, where {@code (x - center) * scale + shift}
 * would lose digits or leave the range of double. Which one it is, and its two further numbers,
 * stand in three more blocks of the map's numbers.
 *
 * <ul>
 *   <li>{@code PLAIN}: {@code (x - center) * scale + shift}.
 *   <li>{@code INTEGERS}: the same, with the center in two parts, an integer and a fraction; an x
 *       that is a long is subtracted as a long.
 *   <li>{@code TWO_SHIFTS}: {@code ((x - center) * scale + second shift) + shift}.
 *   <li>{@code SCALED}: {@code ((x * before - center) * scale + shift) * after}, with powers of two
 *       that keep what lies between in the range of double.
 * </ul>
 */
final class FeatureFormula {
  static final double PLAIN = 0;
  static final double INTEGERS = 1;
  static final double TWO_SHIFTS = 2;
  static final double SCALED = 3;

  /** The blocks of a map that has other features than plain ones, in this order. */
  static final int BLOCKS = 6;

  private static final int SCALE = 1;
  private static final int SHIFT = 2;
  private static final int KIND = 3;
  private static final int FIRST = 4;
  private static final int SECOND = 5;

  private static final double TWO_63 = 0x1p63;

  private FeatureFormula() {}

  /** Returns whether the feature at {@code at} of a map of {@code size} features is not plain. */
  static boolean isSpecial(double[] numbers, int at, int size) {
    return numbers[at + KIND * size] != PLAIN;
  }

  static boolean isScaled(double[] numbers, int at, int size) {
    return numbers[at + KIND * size] == SCALED;
  }

  /** Makes the plain feature at {@code at} one of {@code kind}. */
  static void set(double[] numbers, int at, int size, double kind, double first, double second) {
    numbers[at + KIND * size] = kind;
    numbers[at + FIRST * size] = first;
    numbers[at + SECOND * size] = second;
  }

  /** Subtracts {@code mean} from values, whose center is its nearest double. */
  static void setIntegers(double[] numbers, int at, int size, IntegerMean mean) {
    // The integer itself may have more digits than a double, its distance from the center has not.
    set(numbers, at, size, INTEGERS, mean.whole() - integer(numbers[at]), mean.fraction());
  }

  /** Adds {@code mean} to what is mapped, whose shift is its nearest double. */
  static void setTwoShifts(double[] numbers, int at, int size, IntegerMean mean) {
    double shift = numbers[at + SHIFT * size];
    long whole = mean.whole() - integer(shift);
    double rest = mean.fraction() - (Math.abs(shift) < TWO_63 ? shift - integer(shift) : 0);
    set(numbers, at, size, TWO_SHIFTS, whole + rest, 0);
  }

  /** The image of {@code x} as the feature at {@code at}, which is not plain. */
  static double image(double[] numbers, int at, int size, double x) {
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

  /** The same of a long, which is not rounded before the center is subtracted. */
  static double image(double[] numbers, int at, int size, long x) {
    if (numbers[at + KIND * size] != INTEGERS) {
      return image(numbers, at, size, (double) x);
    }
    long whole = whole(numbers[at], numbers[at + FIRST * size]);
    return IntegerMean.difference(x, whole, numbers[at + SECOND * size])
            * numbers[at + SCALE * size]
        + numbers[at + SHIFT * size];
  }

  private static long whole(double center, double offset) {
    return integer(center) + (long) offset;
  }

  /** The integer part of {@code x}, modulo 2^64: 2^63 is the mean of longs next to it. */
  static long integer(double x) {
    return x == TWO_63 ? Long.MIN_VALUE : (long) x;
  }
}
