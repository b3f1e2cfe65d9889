package batchnorm.spark.moments;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sum of doubles, or of products of doubles, that is never rounded: a superaccumulator (Kulisch;
 * Neal, Fast Exact Summation Using Small and Large Superaccumulators, 2015, <a
 * href="https://arxiv.org/abs/1505.05571">arXiv:1505.05571</a>).
 *
 * <p>The sum is an integer times {@code 2^(64 base)}. The integer is held in limbs of 64 bits,
 * two's complement, the lowest first. Limbs exist only for the bits of the data: about three for
 * the sum of a column of ordinary values, five for their squares, and more if values span the range
 * of double.
 *
 * <p>Additions are associative, so the value does not depend on their order.
 */
final class ExactSum {
  private static final long[] NONE = {};

  /** Exponent of the least significant limb, which counts multiples of {@code 2^(64 base)}. */
  private int base;

  private long[] limbs = NONE;

  /** Returns {@code value}. */
  static ExactSum of(long value) {
    ExactSum sum = new ExactSum();
    sum.add(value, 0);
    return sum;
  }

  /**
   * Returns the number whose limbs are these, which become part of it.
   *
   * @param base the exponent of the first limb, which counts multiples of {@code 2^(64 base)}
   */
  static ExactSum of(long[] limbs, int base) {
    ExactSum sum = new ExactSum();
    sum.limbs = limbs;
    sum.base = base;
    return sum;
  }

  /** Adds {@code value}, which is finite. */
  void add(double value) {
    long bits = Double.doubleToRawLongBits(value);
    long significand = ExactDouble.significand(bits);
    add(bits < 0 ? -significand : significand, ExactDouble.exponent(bits));
  }

  /** Adds {@code value * 2^exponent}. */
  void add(long value, int exponent) {
    add(value >> 63, value >> 63, value, exponent);
  }

  /** Adds {@code (high * 2^64 + low) * 2^exponent}; {@code low} is unsigned. */
  void add(long high, long low, int exponent) {
    add(high >> 63, high, low, exponent);
  }

  /**
   * Adds {@code (high * 2^128 + mid * 2^64 + low) * 2^exponent}; {@code mid} and {@code low} are
   * unsigned.
   */
  void add(long high, long mid, long low, int exponent) {
    if ((high | mid | low) == 0) {
      return;
    }
    int limb = exponent >> 6;
    int shift = exponent & 63;
    long sign = high >> 63;
    long a0 = low << shift;
    long a1 = mid << shift | carried(low, shift);
    long a2 = high << shift | carried(mid, shift);
    long a3 = sign << shift | carried(high, shift);
    int top = 4;
    if (a3 == sign && a2 >> 63 == sign) {
      top = 3;
      if (a2 == sign && a1 >> 63 == sign) {
        top = 2;
        if (a1 == sign && a0 >> 63 == sign) {
          top = 1;
        }
      }
    }
    int bottom = a0 != 0 ? 0 : a1 != 0 ? 1 : a2 != 0 ? 2 : 3;
    cover(limb + bottom, limb + top);
    long before = sign();
    int i = limb - base;
    long carry = 0;
    for (int k = bottom; i + k < limbs.length; k++) {
      if (k >= top && sign + carry == 0) {
        return;
      }
      carry = addLimb(i + k, k == 0 ? a0 : k == 1 ? a1 : k == 2 ? a2 : k == 3 ? a3 : sign, carry);
    }
    growIfOverflown(before, sign);
  }

  /** Adds {@code other}, which is not changed. */
  void add(ExactSum other) {
    if (other.limbs.length == 0) {
      return;
    }
    cover(other.base, other.base + other.limbs.length);
    long before = sign();
    long sign = other.sign();
    int i = other.base - base;
    long carry = 0;
    for (int k = 0; i + k < limbs.length; k++) {
      if (k >= other.limbs.length && sign + carry == 0) {
        return;
      }
      carry = addLimb(i + k, k < other.limbs.length ? other.limbs[k] : sign, carry);
    }
    growIfOverflown(before, sign);
  }

  /** Returns the sum of this and {@code other}; neither is changed. */
  ExactSum plus(ExactSum other) {
    ExactSum sum = new ExactSum();
    sum.base = base;
    sum.limbs = limbs.clone();
    sum.add(other);
    return sum;
  }

  /** Returns this minus {@code other}; neither is changed. */
  ExactSum minus(ExactSum other) {
    if (other.limbs.length == 0) {
      return plus(other);
    }
    return plus(of(other.significand().negate(), other.exponent()));
  }

  /** Returns -1, 0 or 1: the sign of the value. */
  int signum() {
    if (sign() < 0) {
      return -1;
    }
    for (long limb : limbs) {
      if (limb != 0) {
        return 1;
      }
    }
    return 0;
  }

  /** Returns whether the value is an integer of magnitude below {@code 2^bits}. */
  boolean isIntegerBelow(int bits) {
    Dyadic value = toDyadic();
    return value.exponent() >= 0
        && value.significand().abs().bitLength() + value.exponent() <= bits;
  }

  /** The value, rounded once. */
  double doubleValue() {
    double near = near().rounded(DoubleDouble.ERROR_OF_SUM);
    return Double.isNaN(near) ? ExactRatio.round(significand(), BigInteger.ONE, exponent()) : near;
  }

  /** Returns an approximation of the value, with the error of {@link DoubleDouble#of}. */
  DoubleDouble near() {
    int top = limbs.length - 1;
    while (top > 0 && limbs[top] == limbs[top - 1] >> 63) {
      top--;
    }
    return DoubleDouble.of(
        top < 0 ? 0 : limbs[top],
        top < 1 ? 0 : limbs[top - 1],
        top < 2 ? 0 : limbs[top - 2],
        Long.SIZE * (base + top - 2));
  }

  /** Returns the exact value; its significand is odd, or 0. */
  Dyadic toDyadic() {
    BigInteger significand = significand();
    int zeros = Math.max(0, significand.getLowestSetBit());
    return new Dyadic(
        significand.shiftRight(zeros), significand.signum() == 0 ? 0 : exponent() + zeros);
  }

  /** Returns the sum whose value is {@code value}. */
  static ExactSum of(Dyadic value) {
    return of(value.significand(), value.exponent());
  }

  /** The value as an integer times {@code 2^exponent()}. */
  BigInteger significand() {
    if (limbs.length == 1) {
      return BigInteger.valueOf(limbs[0]);
    }
    byte[] bytes = new byte[Math.max(1, limbs.length * Long.BYTES)];
    for (int k = 0; k < limbs.length; k++) {
      long limb = limbs[k];
      for (int b = 0; b < Long.BYTES; b++) {
        bytes[bytes.length - 1 - k * Long.BYTES - b] = (byte) (limb >> (8 * b));
      }
    }
    return new BigInteger(bytes);
  }

  /** The exponent of {@link #significand()}. */
  int exponent() {
    return 64 * base;
  }

  /**
   * Writes the value: its exponent in bytes, the number of bytes, and the bytes of the integer in
   * two's complement, the highest first, without redundant bytes.
   */
  void write(ByteWriter out) {
    if (limbs.length <= 3) {
      long sign = sign();
      long low = limbs.length < 1 ? 0 : limbs[0];
      long mid = limbs.length < 2 ? sign : limbs[1];
      write(limbs.length < 3 ? sign : limbs[2], mid, low, exponent(), out);
      return;
    }
    int top = limbs.length * Long.BYTES - 1;
    while (top > 0 && byteAt(top) == byteAt(top - 1) >> 7) {
      top--;
    }
    int bottom = 0;
    while (bottom < top && byteAt(bottom) == 0) {
      bottom++;
    }
    boolean isZero = limbs.length == 0 || (bottom == top && byteAt(top) == 0);
    out.putShort(isZero ? 0 : base * Long.BYTES + bottom);
    out.putShort(isZero ? 0 : top - bottom + 1);
    for (int k = top; !isZero && k >= bottom; k--) {
      out.putByte(byteAt(k));
    }
  }

  /**
   * Writes {@code (high * 2^128 + mid * 2^64 + low) * 2^exponent} as {@link #write(ByteWriter)}
   * writes the sum of that value.
   *
   * @param exponent a multiple of 8
   */
  static void write(long high, long mid, long low, int exponent, ByteWriter out) {
    int zeros =
        low != 0
            ? Long.numberOfTrailingZeros(low)
            : mid != 0
                ? Long.SIZE + Long.numberOfTrailingZeros(mid)
                : high != 0 ? 2 * Long.SIZE + Long.numberOfTrailingZeros(high) : -1;
    if (zeros < 0) {
      out.putShort(0);
      out.putShort(0);
      return;
    }
    long h = high;
    long m = mid;
    long l = low;
    for (int skipped = zeros / Long.SIZE; skipped > 0; skipped--) {
      l = m;
      m = h;
      h >>= Long.SIZE - 1;
    }
    int shift = zeros & (Long.SIZE - Byte.SIZE);
    if (shift > 0) {
      l = l >>> shift | m << -shift;
      m = m >>> shift | h << -shift;
      h >>= shift;
    }
    long sign = h >> (Long.SIZE - 1);
    int bits =
        h != sign
            ? 3 * Long.SIZE - Long.numberOfLeadingZeros(h ^ sign)
            : m != sign
                ? 2 * Long.SIZE - Long.numberOfLeadingZeros(m ^ sign)
                : Long.SIZE - Long.numberOfLeadingZeros(l ^ sign);
    int count = bits / Byte.SIZE + 1;
    out.putShort((exponent + zeros - (zeros & 7)) / Byte.SIZE);
    out.putShort(count);
    if (count > 3 * Long.BYTES) {
      throw new IllegalArgumentException("three words have no room for a sign");
    }
    out.putBytes(h, m, l, count);
  }

  /** Adds a sum written by {@link #write}. */
  void addWritten(ByteBuffer in) {
    int at = in.position();
    int count = Short.toUnsignedInt(in.getShort(at + Short.BYTES));
    if (count < Long.BYTES || count > 3 * Long.BYTES) {
      add(read(in));
      return;
    }
    int exponent = Byte.SIZE * in.getShort(at);
    at += 2 * Short.BYTES;
    int first = (count - 1) % Long.BYTES + 1;
    long limb = in.getLong(at) >> (Long.SIZE - Byte.SIZE * first);
    at += first;
    in.position(at + count - first);
    if (count <= Long.BYTES) {
      add(limb, exponent);
    } else if (count <= 2 * Long.BYTES) {
      add(limb, in.getLong(at), exponent);
    } else {
      add(limb, in.getLong(at), in.getLong(at + Long.BYTES), exponent);
    }
  }

  /** Skips a sum written by {@link #write}. */
  static void skip(ByteBuffer in) {
    int at = in.position();
    in.position(at + 2 * Short.BYTES + Short.toUnsignedInt(in.getShort(at + Short.BYTES)));
  }

  /** Reads a sum written by {@link #write}. */
  static ExactSum read(ByteBuffer in) {
    int exponent = in.getShort();
    int count = Short.toUnsignedInt(in.getShort());
    ExactSum sum = new ExactSum();
    if (count > 0) {
      int skipped = exponent & 7;
      sum.base = exponent >> 3;
      sum.limbs = new long[(skipped + count + Long.BYTES - 1) / Long.BYTES];
      // The first byte is signed: its sign fills the limb.
      long limb = in.get();
      for (int k = skipped + count - 1; k > skipped; k--) {
        if ((k & 7) == 0) {
          sum.limbs[k >> 3] = limb;
          limb = 0;
        }
        limb = limb << Byte.SIZE | Byte.toUnsignedInt(in.get());
      }
      sum.limbs[skipped >> 3] = limb << (Byte.SIZE * (skipped & 7));
    }
    return sum;
  }

  /** Returns the byte of weight {@code 2^(8 k)} in the integer, signed. */
  private byte byteAt(int k) {
    return (byte) (limbs[k >> 3] >> (Byte.SIZE * (k & 7)));
  }

  /** Returns {@code significand * 2^exponent}. */
  static ExactSum of(BigInteger significand, int exponent) {
    ExactSum sum = new ExactSum();
    if (significand.signum() != 0) {
      BigInteger aligned = significand.shiftLeft(exponent & 63);
      sum.base = exponent >> 6;
      sum.limbs = new long[aligned.bitLength() / Long.SIZE + 1];
      for (int k = 0; k < sum.limbs.length; k++) {
        sum.limbs[k] = aligned.shiftRight(Long.SIZE * k).longValue();
      }
    }
    return sum;
  }

  private long sign() {
    return limbs.length == 0 ? 0 : limbs[limbs.length - 1] >> 63;
  }

  /** Allocates limbs {@code from} to {@code to}; the value stays the same. */
  private void cover(int from, int to) {
    if (limbs.length == 0) {
      base = from;
      limbs = new long[to - from];
      return;
    }
    int newBase = Math.min(from, base);
    int newTop = Math.max(to, base + limbs.length);
    if (newTop - newBase > limbs.length) {
      long[] wider = new long[newTop - newBase];
      System.arraycopy(limbs, 0, wider, base - newBase, limbs.length);
      Arrays.fill(wider, base - newBase + limbs.length, wider.length, sign());
      base = newBase;
      limbs = wider;
    }
  }

  /** Adds a limb if the sum of two numbers of the same sign has the other sign. */
  private void growIfOverflown(long before, long added) {
    if (before == added && sign() != before) {
      limbs = Arrays.copyOf(limbs, limbs.length + 1);
      limbs[limbs.length - 1] = before;
    }
  }

  private static long carried(long lower, int shift) {
    return shift == 0 ? 0 : lower >>> (64 - shift);
  }

  /** Adds to one limb; returns the carry out of it. */
  private long addLimb(int i, long addend, long carry) {
    long before = limbs[i];
    long sum = before + addend;
    long out = Long.compareUnsigned(sum, before) < 0 ? 1 : 0;
    sum += carry;
    out |= carry & (sum == 0 ? 1 : 0);
    limbs[i] = sum;
    return out;
  }
}
