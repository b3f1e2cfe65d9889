package batchnorm.spark.normalize;

import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The maps of many groups, all of one size, in one array, so that a group's numbers lie together.
 */
public final class AffineMaps implements Serializable {
  private static final long serialVersionUID = 2L;

  private final int features;
  private final int count;
  private double[] coefficients;

  /** The numbers of each feature; more once a map has features that are not plain. */
  private int blocks = AffineMap.COEFFICIENTS;

  private final BitSet keepZeros = new BitSet();

  /** The maps that were asked for. */
  private transient AffineMap[] views;

  /** Makes room for {@code count} maps of {@code features} features. */
  public AffineMaps(int count, int features) {
    this.features = features;
    this.count = count;
    coefficients = new double[room(blocks)];
  }

  private int room(int blocks) {
    return Math.multiplyExact(Math.multiplyExact(blocks, features), count);
  }

  /** Makes {@code map} the one of group {@code group}. */
  public void set(int group, AffineMap map) {
    if (map.blocks() > blocks) {
      widen(map.blocks());
    }
    double[] numbers = map.coefficients();
    System.arraycopy(numbers, 0, coefficients, from(group), numbers.length);
    keepZeros.set(group, map.keepsZeros());
  }

  private void widen(int to) {
    double[] wider = new double[room(to)];
    for (int group = 0; group < count; group++) {
      System.arraycopy(coefficients, from(group), wider, group * to * features, blocks * features);
    }
    coefficients = wider;
    blocks = to;
  }

  /** The number of features. */
  public int features() {
    return features;
  }

  /** The map of group {@code group}: a view, one for all rows of the group. */
  public AffineMap map(int group) {
    AffineMap[] made = views;
    if (made == null) {
      made = new AffineMap[count];
      views = made;
    }
    AffineMap map = made[group];
    if (map == null) {
      map = new AffineMap(coefficients, from(group), features, blocks, keepZeros.get(group));
      made[group] = map;
    }
    return map;
  }

  /** The image of {@code x} as feature {@code j} in group {@code group}. */
  public double apply(int group, int j, double x) {
    return AffineMap.image(coefficients, from(group) + j, features, blocks, x);
  }

  /** The same of a long. */
  public double apply(int group, int j, long x) {
    return AffineMap.image(coefficients, from(group) + j, features, blocks, x);
  }

  private int from(int group) {
    return group * blocks * features;
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
