package batchnorm.spark.moments;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The maps of many groups, all of one size, in one array, so that a group's numbers lie together.
 */
public final class AffineMaps implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int features;
  private final double[] coefficients;
  private final BitSet keepZeros = new BitSet();

  /** Makes room for {@code count} maps of {@code features} features. */
  public AffineMaps(int count, int features) {
    this.features = features;
    coefficients =
        new double[Math.multiplyExact(Math.multiplyExact(AffineMap.COEFFICIENTS, features), count)];
  }

  /** Makes {@code map} the one of group {@code group}. */
  public void set(int group, AffineMap map) {
    double[] numbers = map.coefficients();
    System.arraycopy(numbers, 0, coefficients, from(group), numbers.length);
    keepZeros.set(group, map.keepsZeros());
  }

  /** The number of features. */
  public int features() {
    return features;
  }

  /** The map of group {@code group}; a view, made where it is used. */
  public AffineMap map(int group) {
    return new AffineMap(coefficients, from(group), features, keepZeros.get(group));
  }

  /** The image of {@code x} as feature {@code j} in group {@code group}. */
  public double apply(int group, int j, double x) {
    int at = from(group) + j;
    return AffineMap.image(
        x, coefficients[at], coefficients[at + features], coefficients[at + 2 * features]);
  }

  private int from(int group) {
    return group * AffineMap.COEFFICIENTS * features;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AffineMaps maps
        && features == maps.features
        && Arrays.equals(coefficients, maps.coefficients);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(coefficients);
  }
}
