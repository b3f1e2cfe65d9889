package batchnorm.spark.moments;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Digits of a feature's mean and variances that doubles cannot hold. Each part is null if the
 * doubles are enough.
 *
 * @param mean the mean of integers beyond 2^53
 * @param population the variance with divisor n, if it is outside the normal range of double
 * @param sample the variance with divisor n - 1, if it is outside that range
 */
public record FeatureExtension(IntegerMean mean, ScaledDouble population, ScaledDouble sample)
    implements Serializable {
  public static final FeatureExtension NONE = new FeatureExtension(null, null, null);

  private static final int HAS_MEAN = 1;
  private static final int HAS_POPULATION = 2;
  private static final int HAS_SAMPLE = 4;

  /** The mean of integers beyond 2^53, if the feature has such values. */
  public Optional<IntegerMean> integerMean() {
    return Optional.ofNullable(mean);
  }

  /** The variance for a correction, if a double cannot hold it. */
  public Optional<ScaledDouble> variance(int correction) {
    return Optional.ofNullable(correction == 0 ? population : sample);
  }

  /** Returns the extensions of features as longs; no longs if there are none. */
  public static long[] toLongs(Map<Integer, FeatureExtension> extensions) {
    LongStream.Builder longs = LongStream.builder();
    new TreeMap<>(extensions).forEach((j, extension) -> extension.write(j, longs));
    return longs.build().toArray();
  }

  private void write(int j, LongStream.Builder longs) {
    longs.add(j);
    longs.add(
        (mean != null ? HAS_MEAN : 0)
            | (population != null ? HAS_POPULATION : 0)
            | (sample != null ? HAS_SAMPLE : 0));
    if (mean != null) {
      longs.add(mean.whole()).add(Double.doubleToLongBits(mean.fraction()));
    }
    for (ScaledDouble variance : new ScaledDouble[] {population, sample}) {
      if (variance != null) {
        longs.add(Double.doubleToLongBits(variance.significand())).add(variance.exponent());
      }
    }
  }

  /** Reads the longs of {@link Statistics#extension()}, by feature. */
  public static Map<Integer, FeatureExtension> read(long[] longs) {
    Map<Integer, FeatureExtension> extensions = new TreeMap<>();
    PrimitiveIterator.OfLong in = Arrays.stream(longs).iterator();
    while (in.hasNext()) {
      int j = (int) in.nextLong();
      long flags = in.nextLong();
      IntegerMean mean =
          (flags & HAS_MEAN) == 0
              ? null
              : new IntegerMean(in.nextLong(), Double.longBitsToDouble(in.nextLong()));
      ScaledDouble population = (flags & HAS_POPULATION) == 0 ? null : readVariance(in);
      ScaledDouble sample = (flags & HAS_SAMPLE) == 0 ? null : readVariance(in);
      extensions.put(j, new FeatureExtension(mean, population, sample));
    }
    return extensions;
  }

  private static ScaledDouble readVariance(PrimitiveIterator.OfLong in) {
    return new ScaledDouble(Double.longBitsToDouble(in.nextLong()), (int) in.nextLong());
  }
}
