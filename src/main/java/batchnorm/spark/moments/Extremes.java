package batchnorm.spark.moments;

import java.nio.ByteBuffer;

/**
 * Smallest and greatest value of a feature. Zeros need not be added, since sparse rows omit them:
 * the number of values added tells whether there are others, and these are 0.
 */
final class Extremes {
  /** Infinite without values; NaN if the extremes are unknown. Zero is never negative. */
  private double min = Double.POSITIVE_INFINITY;

  private double max = Double.NEGATIVE_INFINITY;

  /** Number of values added. */
  private long values;

  /** Sets the extremes to unknown; they stay unknown whatever is added. */
  void setUnknown() {
    min = Double.NaN;
    max = Double.NaN;
  }

  /** Adds {@code count} finite values, all of them {@code x}. */
  void add(double x, long count) {
    add(x, x, count);
  }

  /**
   * Adds {@code count} finite values from {@code least} to {@code greatest}, which are included.
   */
  void add(double least, double greatest, long count) {
    // The sum of -0.0 and 0.0 is 0.0.
    min = Math.min(min, least + 0.0);
    max = Math.max(max, greatest + 0.0);
    values += count;
  }

  void add(Extremes other) {
    add(other.min, other.max, other.values);
  }

  /** The smallest value added; infinite without values, NaN if unknown. */
  double min() {
    return min;
  }

  /** The greatest value added; infinite without values, NaN if unknown. */
  double max() {
    return max;
  }

  /** Returns the smallest of {@code count} values; those that were not added are 0. */
  double min(long count) {
    return values < count ? Math.min(min, 0.0) : min;
  }

  /** Returns the greatest of {@code count} values; those that were not added are 0. */
  double max(long count) {
    return values < count ? Math.max(max, 0.0) : max;
  }

  boolean areEmpty() {
    return min > max;
  }

  /** Writes the extremes; {@link #addWritten} reads them. */
  void write(ByteWriter out) {
    write(min, max, values, out);
  }

  static void write(double min, double max, long values, ByteWriter out) {
    out.putDouble(min);
    out.putDouble(max);
    out.putVarLong(values);
  }

  void addWritten(ByteBuffer in) {
    add(in.getDouble(), in.getDouble(), ByteWriter.getVarLong(in));
  }

  static void skip(ByteBuffer in) {
    in.position(in.position() + 2 * Double.BYTES);
    ByteWriter.getVarLong(in);
  }
}
