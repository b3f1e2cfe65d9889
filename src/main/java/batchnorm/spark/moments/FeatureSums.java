package batchnorm.spark.moments;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Exact sums of one feature: {@code sum w x}, {@code sum w x^2}, the number of missing values, and
 * the {@link Extremes}. The number of values is the number of rows minus the missing ones. A 0 adds
 * nothing to either sum, so the zeros that sparse rows omit are not counted.
 */
final class FeatureSums {
  private static final int MISSING = 1;
  private static final int MISSING_WEIGHED = 2;
  private static final int SUMMED = 4;
  private static final int FEW_SHIFT = 3;
  private static final int FEW_BITS = 3;
  private static final int INTEGERS = 32;
  private static final int EXTREMES = 64;

  /** Maximum number of values that are kept unsummed: they take less memory than sums. */
  static final int FEW = 3;

  /** Squares of longs beyond 2^53 have more bits. */
  private static final int BITS_OF_LONG_SQUARES = 106;

  private static final double[] NONE = {};

  /** Number of hits that cancel one miss. */
  private static final int COST_OF_A_MISS = 4;

  private static final int TOLERATED_MISSES = 12;

  /** The first values, of weight 1, until values are summed. */
  private double[] few = NONE;

  private int fewCount;

  /** Null until values are summed, like {@link #squares} and {@link #extremes}. */
  private ExactSum sum;

  private ExactSum squares;

  /** Extremes of the values, as doubles: a long beyond 2^53 is rounded. */
  private Extremes extremes;

  /** True if some values were longs beyond 2^53, which are summed as integers. */
  private boolean integers;

  private long notANumber;
  private long infinite;

  /** Total weight of the rows without a value; null while all their weights are 1. */
  private ExactSum missingWeight;

  /** Window of the previous block, used by {@link BlockSums}; not part of the value. */
  private int window = BlockSums.UNKNOWN_WINDOW;

  /** True once some values of a block were outside the window; not part of the value. */
  private boolean wide;

  /** Penalty for recent blocks that missed the window; not part of the value. */
  private int misses;

  /**
   * Sets the sums to saved ones.
   *
   * @param values the number of values
   */
  void set(SavedSums saved, long values) {
    sum = ExactSum.of(saved.sum());
    squares = ExactSum.of(saved.squares());
    extremes = new Extremes();
    if (Double.isNaN(saved.min()) || Double.isNaN(saved.max())) {
      loseExtremes();
    } else {
      extremes.add(saved.min(), saved.max(), values);
    }
    notANumber = saved.notANumber();
    infinite = saved.infinite();
    integers = saved.integers();
    missingWeight = ExactSum.of(saved.missingWeight());
  }

  /** Sets the extremes to unknown. Those of no values, or of zeros alone, are always known. */
  private void loseExtremes() {
    if (squares.signum() != 0) {
      extremes.setUnknown();
    }
  }

  /** The sum of the values. */
  ExactSum sum() {
    return summed().sum;
  }

  /** The sum of their squares. */
  ExactSum squares() {
    return summed().squares;
  }

  /** The smallest value summed so far; infinite if there is none, NaN if unknown. */
  double knownMin() {
    return sum == null ? Double.POSITIVE_INFINITY : extremes.min();
  }

  /** The greatest value summed so far; infinite if there is none, NaN if unknown. */
  double knownMax() {
    return sum == null ? Double.NEGATIVE_INFINITY : extremes.max();
  }

  /**
   * Returns the smallest value; NaN if there is none or it is unknown.
   *
   * @param values the number of values, including zeros that were not added
   */
  double min(long values) {
    return values == 0 ? Double.NaN : extremes().min(values);
  }

  /** Returns the greatest value in the same way. */
  double max(long values) {
    return values == 0 ? Double.NaN : extremes().max(values);
  }

  private Extremes extremes() {
    if (sum != null) {
      return extremes;
    }
    Extremes ofFew = new Extremes();
    for (int i = 0; i < fewCount; i++) {
      ofFew.add(few[i], 1);
    }
    return ofFew;
  }

  /** Returns this, or a summed copy while the values are kept unsummed. */
  FeatureSums summed() {
    if (sum != null) {
      return this;
    }
    FeatureSums summed = new FeatureSums();
    summed.startSums();
    for (int i = 0; i < fewCount; i++) {
      summed.sum(few[i]);
    }
    return summed;
  }

  /** Sums the values kept so far; later values are summed at once. */
  void startSums() {
    if (sum == null) {
      sum = new ExactSum();
      squares = new ExactSum();
      extremes = new Extremes();
      for (int i = 0; i < fewCount; i++) {
        sum(few[i]);
      }
      few = NONE;
      fewCount = 0;
    }
  }

  boolean integers() {
    return integers;
  }

  long notANumber() {
    return notANumber;
  }

  long infinite() {
    return infinite;
  }

  /** Total weight of the rows without a value of the feature. */
  ExactSum missingWeight() {
    return missingWeight == null ? ExactSum.of(notANumber + infinite) : missingWeight;
  }

  int window() {
    return window;
  }

  void setWindow(int window) {
    this.window = window;
  }

  boolean isWide() {
    return wide;
  }

  /** Uses a wide window for the next blocks. */
  void widenWindow() {
    wide = true;
  }

  void windowHit() {
    misses = Math.max(0, misses - 1);
  }

  /** Places a new window at the next block; after too many misses, uses no window any more. */
  void windowMissed() {
    misses += COST_OF_A_MISS;
    window = misses > TOLERATED_MISSES ? BlockSums.NO_WINDOW : BlockSums.UNKNOWN_WINDOW;
  }

  /** Adds a value of weight 1, which may be missing. */
  void add(double x) {
    if (!Doubles.isFinite(x)) {
      addMissing(x);
    } else if (sum == null && fewCount < FEW) {
      few = few.length == 0 ? new double[FEW] : few;
      few[fewCount++] = x;
    } else {
      startSums();
      sum(x);
    }
  }

  private void sum(double x) {
    extremes.add(x, 1);
    long bits = Double.doubleToRawLongBits(x);
    int exponent = ExactDouble.exponent(bits);
    long m = ExactDouble.significand(bits);
    sum.add(bits < 0 ? -m : m, exponent);
    squares.add(Math.multiplyHigh(m, m), m * m, 2 * exponent);
  }

  /** Adds a value of weight {@code w}, which may be missing. */
  void add(double x, double w) {
    if (!Doubles.isFinite(x)) {
      addMissing(x, w);
      return;
    }
    addExtremes(x, x, 1);
    long bits = Double.doubleToRawLongBits(w);
    sum(x, ExactDouble.significand(bits), ExactDouble.exponent(bits));
  }

  /** Adds a value of weight 1 {@code count} times; the value may be missing. */
  void addRepeated(double x, long count) {
    if (count <= FEW) {
      for (long i = 0; i < count; i++) {
        add(x);
      }
    } else if (Doubles.isFinite(x)) {
      addExtremes(x, x, count);
      sum(x, count, 0);
    } else {
      if (missingWeight != null) {
        missingWeight.add(count, 0);
      }
      countMissing(x, count);
    }
  }

  /** Adds a value of weight {@code weight * 2^weightExponent}, above 0. */
  private void sum(double x, long weight, int weightExponent) {
    startSums();
    long bits = Double.doubleToRawLongBits(x);
    int exponent = ExactDouble.exponent(bits);
    long m = ExactDouble.significand(bits);

    long signed = bits < 0 ? -m : m;
    sum.add(Math.multiplyHigh(signed, weight), signed * weight, exponent + weightExponent);

    long high = Math.multiplyHigh(m, m);
    long low = m * m;
    long bottom = low * weight;
    long carried = Math.multiplyHigh(low, weight) + (low >> 63 & weight);
    long mid = high * weight + carried;
    long top = Math.multiplyHigh(high, weight) + (Long.compareUnsigned(mid, carried) < 0 ? 1 : 0);
    squares.add(top, mid, bottom, 2 * exponent + weightExponent);
  }

  /**
   * Adds the rests of longs beyond 2^53, whose doubles are added separately. For a double h and a
   * rest r, it adds {@code r} to the sum and {@code (h + r)^2 - h^2 = 2 h r + r^2} to the squares.
   * A double beyond 2^53 is even, and its half is a long, while 2^63 is none.
   *
   * @param rests those of {@link ExactLong#rest}, from {@code restsFrom} on
   */
  void addRests(double[] values, int from, long[] rests, int restsFrom, int count) {
    long total = 0;
    long totalSquares = 0;
    long high = 0;
    long low = 0;
    for (int i = 0; i < count; i++) {
      double value = values[from + i];
      long rest = rests[restsFrom + i];
      if (rest != 0 && Doubles.isFinite(value)) {
        integers = true;
        long r = ExactLong.low(rest);
        long half = ExactLong.half(value);
        total += r;
        totalSquares += r * r;
        long product = half * r;
        low += product;
        high += Math.multiplyHigh(half, r) + (Long.compareUnsigned(low, product) < 0 ? 1 : 0);
      }
    }
    if (totalSquares != 0) {
      startSums();
      sum.add(total, 0);
      squares.add(totalSquares, 0);
      squares.add(high, low, 2);
    }
  }

  /** Adds the rests of weighted values. */
  void addRests(
      double[] values, int from, long[] rests, int restsFrom, double[] weights, int count) {
    for (int i = 0; i < count; i++) {
      addRest(values[from + i], rests[restsFrom + i], weights[i]);
    }
  }

  /** Adds the rest of one long of weight {@code w}; a missing value adds nothing. */
  void addRest(double value, long rest, double w) {
    if (rest == 0 || !Doubles.isFinite(value)) {
      return;
    }
    integers = true;
    startSums();
    long r = ExactLong.low(rest);
    long half = ExactLong.half(value);
    long bits = Double.doubleToRawLongBits(w);
    int exponent = ExactDouble.exponent(bits);
    // 53 bits times 10 bits.
    long weighted = ExactDouble.significand(bits) * r;
    sum.add(weighted, exponent);
    squares.add(Math.multiplyHigh(weighted, half), weighted * half, exponent + 2);
    squares.add(Math.multiplyHigh(weighted, r), weighted * r, exponent);
  }

  /**
   * Adds {@code (high * 2^32 + low) * 2^exponent} to the sum; the halves have spare bits for
   * carries.
   */
  void addSum(long high, long low, int exponent) {
    startSums();
    addHalves(sum, high, low, exponent);
  }

  /** Adds the same number to the squares. */
  void addSquares(long high, long low, int exponent) {
    startSums();
    addHalves(squares, high, low, exponent);
  }

  private static void addHalves(ExactSum sum, long high, long low, int exponent) {
    long bottom = (high << 32) + low;
    long carry = Long.compareUnsigned(bottom, low) < 0 ? 1 : 0;
    sum.add((high >> 32) + carry, bottom, exponent);
  }

  /** Adds {@code (high * 2^64 + low) * 2^exponent} to the sum; {@code low} is unsigned. */
  void addToSum(long high, long low, int exponent) {
    startSums();
    sum.add(high, low, exponent);
  }

  /**
   * Adds {@code (top * 2^128 + high * 2^64 + low) * 2^exponent} to the squares; {@code high} and
   * {@code low} are unsigned.
   */
  void addToSquares(long top, long high, long low, int exponent) {
    startSums();
    squares.add(top, high, low, exponent);
  }

  /**
   * Adds the extremes of values that are added to the sums separately.
   *
   * @param count the number of these values; nothing is added if it is 0
   */
  void addExtremes(double least, double greatest, long count) {
    if (count > 0) {
      startSums();
      extremes.add(least, greatest, count);
    }
  }

  /** Records that some of the values are longs beyond 2^53. */
  void setIntegers() {
    integers = true;
  }

  /**
   * Adds to the sum, in units of {@code 2^exponent}, and to the squares, in units of {@code 2^(2
   * exponent)}.
   */
  void addUnits(long units, long high, long low, int exponent) {
    startSums();
    sum.add(units, exponent);
    squares.add(high, low, 2 * exponent);
  }

  void merge(FeatureSums right) {
    if (missingWeight != null || right.missingWeight != null) {
      missingWeight = missingWeight();
      missingWeight.add(right.missingWeight());
    }
    if (right.sum == null) {
      // A copy, since right may be this object.
      double[] added = Arrays.copyOf(right.few, right.fewCount);
      for (double x : added) {
        add(x);
      }
    } else {
      startSums();
      sum.add(right.sum);
      squares.add(right.squares);
      extremes.add(right.extremes);
    }
    notANumber += right.notANumber;
    infinite += right.infinite;
    integers |= right.integers;
  }

  /**
   * Returns these sums without those of {@code part}; neither is changed. The extremes of the rest
   * are unknown, unless no value other than 0 remains.
   *
   * <p>If both have longs beyond 2^53, the rest may have some, too. It has none if all its squares
   * together are below 2^106, unless they are weighted.
   */
  FeatureSums minus(FeatureSums part, boolean areWeighted) {
    FeatureSums rest = new FeatureSums();
    rest.sum = sum().minus(part.sum());
    rest.squares = squares().minus(part.squares());
    rest.extremes = new Extremes();
    rest.loseExtremes();
    rest.notANumber = notANumber - part.notANumber;
    rest.infinite = infinite - part.infinite;
    if (missingWeight != null || part.missingWeight != null) {
      rest.missingWeight = missingWeight().minus(part.missingWeight());
    }
    // Weights that sum to the number of rows show in squares that are no integers.
    boolean areSmall = !areWeighted && rest.squares.isIntegerBelow(BITS_OF_LONG_SQUARES);
    rest.integers = integers && !(part.integers && areSmall);
    return rest;
  }

  /**
   * Returns whether some values can have these sums.
   *
   * @param rows the number of rows that have a vector
   * @param weight their total weight
   */
  boolean arePossible(long rows, ExactSum weight) {
    long values = rows - notANumber - infinite;
    ExactSum present = weight.minus(missingWeight());
    if (notANumber < 0
        || infinite < 0
        || values < 0
        || missingWeight().signum() != Long.signum(notANumber + infinite)
        || present.signum() != Long.signum(values)) {
      return false;
    }
    return values == 0
        ? sum().signum() == 0 && squares().signum() == 0
        : new ExactVariance(new ExactVariance.Weight(present), sum(), squares()).isPossible();
  }

  /** Writes the sums with the extremes, and the counts of missing values if there are any. */
  void write(ByteWriter out) {
    boolean anyMissing = notANumber + infinite > 0;
    boolean anyExtremes = sum != null && !extremes.areEmpty();
    out.putByte(
        (anyMissing ? MISSING : 0)
            | (missingWeight != null ? MISSING_WEIGHED : 0)
            | (integers ? INTEGERS : 0)
            | (anyExtremes ? EXTREMES : 0)
            | (sum != null ? SUMMED : fewCount << FEW_SHIFT));
    for (int i = 0; i < fewCount; i++) {
      out.putDouble(few[i]);
    }
    if (sum != null) {
      sum.write(out);
      squares.write(out);
    }
    if (anyExtremes) {
      extremes.write(out);
    }
    if (anyMissing) {
      out.putLong(notANumber);
      out.putLong(infinite);
    }
    if (missingWeight != null) {
      missingWeight.write(out);
    }
  }

  /**
   * Writes the sums of a {@link Window} as {@link #write(ByteWriter)} does.
   *
   * @param words the words of the window, from {@code at} on
   * @param unit the exponent of the sum's unit, a power of two; the unit of the squares is its
   *     square
   */
  static void write(long[] words, int at, int unit, ByteWriter out) {
    boolean summed = !Window.isZero(words, at);
    long notANumber = Window.notANumber(words, at);
    out.putByte((notANumber > 0 ? MISSING : 0) | (summed ? SUMMED | EXTREMES : 0));
    if (summed) {
      long high = words[at + 1];
      ExactSum.write(high >> (Long.SIZE - 1), high, words[at], unit, out);
      ExactSum.write(words[at + 4], words[at + 3], words[at + 2], 2 * unit, out);
      Extremes.write(Window.min(words, at), Window.max(words, at), Window.values(words, at), out);
    }
    if (notANumber > 0) {
      out.putLong(notANumber);
      out.putLong(0);
    }
  }

  /** Writes a few unsummed values, given as bits, as {@link #write(ByteWriter)} does. */
  static void writeFew(
      long[] bits, int at, int count, long notANumber, long infinite, ByteWriter out) {
    boolean anyMissing = notANumber + infinite > 0;
    out.putByte((anyMissing ? MISSING : 0) | count << FEW_SHIFT);
    for (int i = 0; i < count; i++) {
      out.putDouble(Double.longBitsToDouble(bits[at + i]));
    }
    if (anyMissing) {
      out.putLong(notANumber);
      out.putLong(infinite);
    }
  }

  /**
   * Returns the number of unsummed values that come next; 0 if {@link #write} wrote anything else.
   */
  static int few(ByteBuffer in) {
    int flags = in.get(in.position());
    return (flags & ~(FEW_BITS << FEW_SHIFT)) == 0 ? flags >> FEW_SHIFT : 0;
  }

  /** Adds sums written by {@link #write}. */
  void addWritten(ByteBuffer in) {
    int flags = in.get();
    integers |= (flags & INTEGERS) != 0;
    for (int i = flags >> FEW_SHIFT & FEW_BITS; i > 0; i--) {
      add(in.getDouble());
    }
    if ((flags & SUMMED) != 0) {
      startSums();
      sum.addWritten(in);
      squares.addWritten(in);
    }
    if ((flags & EXTREMES) != 0) {
      extremes.addWritten(in);
    }
    boolean weighed = (flags & MISSING_WEIGHED) != 0;
    if (weighed || missingWeight != null) {
      missingWeight = missingWeight();
    }
    if ((flags & MISSING) != 0) {
      long addedNotANumber = in.getLong();
      long addedInfinite = in.getLong();
      if (missingWeight != null && !weighed) {
        missingWeight.add(addedNotANumber + addedInfinite, 0);
      }
      notANumber += addedNotANumber;
      infinite += addedInfinite;
    }
    if (weighed) {
      missingWeight.addWritten(in);
    }
  }

  /** Skips sums written by {@link #write}. */
  static void skip(ByteBuffer in) {
    int flags = in.get();
    in.position(in.position() + Double.BYTES * (flags >> FEW_SHIFT & FEW_BITS));
    if ((flags & SUMMED) != 0) {
      ExactSum.skip(in);
      ExactSum.skip(in);
    }
    if ((flags & EXTREMES) != 0) {
      Extremes.skip(in);
    }
    if ((flags & MISSING) != 0) {
      in.position(in.position() + 2 * Long.BYTES);
    }
    if ((flags & MISSING_WEIGHED) != 0) {
      ExactSum.skip(in);
    }
  }

  private void addMissing(double x) {
    if (missingWeight != null) {
      missingWeight.add(1, 0);
    }
    countMissing(x, 1);
  }

  private void addMissing(double x, double w) {
    missingWeight = missingWeight();
    missingWeight.add(w);
    countMissing(x, 1);
  }

  private void countMissing(double x, long count) {
    if (Double.isNaN(x)) {
      notANumber += count;
    } else {
      infinite += count;
    }
  }
}
