package batchnorm.spark.moments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the double mean and variances of a feature do not tell. Each part is null where they do.
 *
 * @param mean the mean of integers beyond 2^53
 * @param population the variance with divisor n, where it is beyond the normal range of double
 * @param sample the variance with divisor n - 1, likewise
 */
public record FeatureExtension(IntegerMean mean, ScaledDouble population, ScaledDouble sample)
    implements Serializable {
  static final FeatureExtension NONE = new FeatureExtension(null, null, null);
  static final byte[] NO_BYTES = {};

  private static final int HAS_MEAN = 1;
  private static final int HAS_POPULATION = 2;
  private static final int HAS_SAMPLE = 4;

  /** The mean of integers, if it is one. */
  public Optional<IntegerMean> integerMean() {
    return Optional.ofNullable(mean);
  }

  /** The variance of a correction, where its double does not tell it. */
  public Optional<ScaledDouble> variance(int correction) {
    return Optional.ofNullable(correction == 0 ? population : sample);
  }

  /** Returns the extensions of features as bytes: none of none. */
  static byte[] toBytes(Map<Integer, FeatureExtension> extensions) {
    if (extensions.isEmpty()) {
      return NO_BYTES;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Map.Entry<Integer, FeatureExtension> entry : new TreeMap<>(extensions).entrySet()) {
        out.writeInt(entry.getKey());
        entry.getValue().write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns what {@link Statistics#extension()} gave as bytes, by feature. */
  public static Map<Integer, FeatureExtension> read(byte[] bytes) {
    Map<Integer, FeatureExtension> extensions = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      while (in.available() > 0) {
        extensions.put(in.readInt(), read(in));
      }
      return extensions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(DataOutputStream out) throws IOException {
    out.writeByte(
        (mean != null ? HAS_MEAN : 0)
            | (population != null ? HAS_POPULATION : 0)
            | (sample != null ? HAS_SAMPLE : 0));
    if (mean != null) {
      out.writeLong(mean.whole());
      out.writeDouble(mean.fraction());
    }
    if (population != null) {
      write(population, out);
    }
    if (sample != null) {
      write(sample, out);
    }
  }

  private static void write(ScaledDouble variance, DataOutputStream out) throws IOException {
    out.writeDouble(variance.significand());
    out.writeInt(variance.exponent());
  }

  private static FeatureExtension read(DataInputStream in) throws IOException {
    int flags = in.readByte();
    return new FeatureExtension(
        (flags & HAS_MEAN) != 0 ? new IntegerMean(in.readLong(), in.readDouble()) : null,
        (flags & HAS_POPULATION) != 0 ? readVariance(in) : null,
        (flags & HAS_SAMPLE) != 0 ? readVariance(in) : null);
  }

  private static ScaledDouble readVariance(DataInputStream in) throws IOException {
    return new ScaledDouble(in.readDouble(), in.readInt());
  }
}
