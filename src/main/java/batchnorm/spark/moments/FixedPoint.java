package batchnorm.spark.moments;

import java.math.BigInteger;

/**
 * Fixed-point number in words of 64 bits, two's complement, the lowest first. Word {@code k} counts
 * multiples of {@code 2^(64 (base + k))}. The caller adds no numbers, and has no sums, with bits
 * outside the words. A floating-point number may have trailing zeros below them.
 *
 * @param base the weight of the first word
 * @param top the weight after the last word
 */
record FixedPoint(int base, int top) {
  int words() {
    return top - base;
  }

  /**
   * Adds {@code value * 2^exponent}.
   *
   * @param at the index of the first word
   */
  void add(Longs to, int at, long value, int exponent) {
    long sign = value >> (Long.SIZE - 1);
    int shift = exponent & (Long.SIZE - 1);
    int k = (exponent >> 6) - base;
    long high = value >> 1 >> (Long.SIZE - 1 - shift);
    long carry = addWord(to, at + k, value << shift, 0);
    extend(to, at, k + 2, sign, addWord(to, at + k + 1, high, carry));
  }

  /** Adds {@code (high * 2^64 + low) * 2^exponent}; both words are unsigned. */
  void addUnsigned(Longs to, int at, long high, long low, int exponent) {
    int shift = exponent & (Long.SIZE - 1);
    int k = (exponent >> 6) - base;
    int back = Long.SIZE - 1 - shift;
    long carry = addWord(to, at + k, low << shift, 0);
    carry = addWord(to, at + k + 1, high << shift | low >>> 1 >>> back, carry);
    extend(to, at, k + 3, 0, addWord(to, at + k + 2, high >>> 1 >>> back, carry));
  }

  /** Adds an integer; the first word counts ones. */
  void add(Longs to, int at, BigInteger value) {
    long carry = 0;
    for (int k = 0; k < words(); k++) {
      carry = addWord(to, at + k, value.shiftRight(Long.SIZE * k).longValue(), carry);
    }
  }

  /** Adds another number of this format. */
  void add(Longs to, int at, Longs other, int otherAt) {
    long carry = 0;
    for (int k = 0; k < words(); k++) {
      carry = addWord(to, at + k, other.get(otherAt + k), carry);
    }
  }

  /** Returns the number as an exact sum. */
  ExactSum sum(Longs from, int at) {
    int last = words() - 1;
    while (last > 0 && from.get(at + last) == from.get(at + last - 1) >> (Long.SIZE - 1)) {
      last--;
    }
    int first = 0;
    while (first < last && from.get(at + first) == 0) {
      first++;
    }
    long[] limbs = new long[last - first + 1];
    for (int k = 0; k < limbs.length; k++) {
      limbs[k] = from.get(at + first + k);
    }
    return ExactSum.of(limbs, base + first);
  }

  /** Adds the sign and the carry to the words from {@code k} on. */
  private void extend(Longs to, int at, int k, long sign, long carry) {
    long in = carry;
    // A carry into words of ones leaves them as they are, and goes on.
    for (int i = k; i < words() && sign + in != 0; i++) {
      in = addWord(to, at + i, sign, in);
    }
  }

  /** Adds to one word; returns the carry out of it. */
  private static long addWord(Longs to, int at, long addend, long carry) {
    if ((addend | carry) == 0) {
      return 0;
    }
    long before = to.get(at);
    long sum = before + addend;
    long out = Long.compareUnsigned(sum, before) < 0 ? 1 : 0;
    sum += carry;
    out |= carry & (sum == 0 ? 1 : 0);
    to.set(at, sum);
    return out;
  }
}
