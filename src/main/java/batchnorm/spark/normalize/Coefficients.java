package batchnorm.spark.normalize;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Coefficients of the map {@code y = (x - center) * scale + shift} of every feature: one map for
 * all rows, or one for each group.
 *
 * <p>Normalizing is {@code y = gamma (x - mean) / sqrt(variance + eps) + beta}, thus {@code center
 * = mean}, {@code scale = gamma / sqrt(variance + eps)} and {@code shift = beta} (Ioffe, Szegedy:
 * Batch Normalization, 2015, <a href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>,
 * algorithm 1; eps is in squared units of the feature). The mean is subtracted first and not folded
 * into the shift: otherwise a feature whose mean is large relative to its deviation would lose
 * digits.
 *
 * <p>All maps are in one array, so that the numbers a row needs are close together: map after map,
 * and in each map all centers, then all scales, then all shifts. If a feature needs another formula
 * for precision or range, every map has three more blocks: see {@link FeatureFormula}.
 *
 * <ul>
 *   <li>A constant feature maps to beta: by the formula if {@code eps > 0}, by {@code scale =
 *       gamma} if {@code eps = 0}.
 *   <li>A feature whose variance is beyond the range of double is mapped by its deviation, which is
 *       within the range. Known statistics of infinite variance have no such deviation and map to
 *       beta.
 *   <li>A feature without statistics (mean NaN) maps to NaN.
 *   <li>NaN maps to NaN. Infinite values are mapped by the formula.
 * </ul>
 */
public final class Coefficients implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Maximum bytes of a view and of the reference to it. */
  private static final long BYTES_A_VIEW = 96;

  private final double[] numbers;

  /** Index of the first number; a view has some of the maps in the array. */
  private final int from;

  private final int count;
  private final int features;

  /** {@link FeatureFormula#PLAIN_BLOCKS} or {@link FeatureFormula#BLOCKS}. */
  private final int blocks;

  /** Cached views of single maps. */
  private transient Coefficients[] maps;

  /** Cached images of zeros; every sparse row that becomes dense needs them. */
  private transient volatile double[] imagesOfZeros;

  /** Cached result of {@link #keepsZeros()} for one map. */
  private transient Boolean keepsZeros;

  private Coefficients(double[] numbers, int from, int count, int features, int blocks) {
    this.numbers = numbers;
    this.from = from;
    this.count = count;
    this.features = features;
    this.blocks = blocks;
  }

  /** Returns the map of {@code features} features that has these {@link #numbers()}. */
  public static Coefficients of(double[] numbers, int features) {
    return new Coefficients(numbers, 0, 1, features, features == 0 ? 0 : numbers.length / features);
  }

  /** Returns the maps of {@code features} features each, in one array. */
  public static Coefficients of(List<Coefficients> maps, int features) {
    int blocks =
        maps.stream().mapToInt(map -> map.blocks).max().orElse(FeatureFormula.PLAIN_BLOCKS);
    int size = Math.multiplyExact(blocks, features);
    double[] numbers = new double[Math.multiplyExact(size, maps.size())];
    for (int i = 0; i < maps.size(); i++) {
      Coefficients map = maps.get(i);
      System.arraycopy(map.numbers, map.from, numbers, i * size, map.blocks * features);
    }
    return new Coefficients(numbers, 0, maps.size(), features, blocks);
  }

  /** Returns the map in which {@code formula} gives the formula of each feature. */
  static Coefficients of(int features, IntFunction<FeatureFormula> formula) {
    int blocks = FeatureFormula.PLAIN_BLOCKS;
    double[] numbers = new double[blocks * features];
    for (int j = 0; j < features; j++) {
      FeatureFormula of = formula.apply(j);
      if (!of.isPlain() && blocks < FeatureFormula.BLOCKS) {
        blocks = FeatureFormula.BLOCKS;
        numbers = Arrays.copyOf(numbers, blocks * features);
      }
      of.write(numbers, j, features);
    }
    return new Coefficients(numbers, 0, 1, features, blocks);
  }

  /** The number of features. */
  public int features() {
    return features;
  }

  /** The numbers of all maps, in their order. */
  public double[] numbers() {
    return Arrays.copyOfRange(numbers, from, end());
  }

  /** Returns a view of map {@code i}; every call returns the same view. */
  public Coefficients map(int i) {
    Coefficients[] made = maps;
    if (made == null) {
      made = new Coefficients[count];
      maps = made;
    }
    Coefficients map = made[i];
    if (map == null) {
      map = new Coefficients(numbers, from(i), 1, features, blocks);
      made[i] = map;
    }
    return map;
  }

  /** Returns the approximate memory of the cached views, in bytes, without the numbers. */
  public long bytesOfViews() {
    return count * (BYTES_A_VIEW + (long) Double.BYTES * features);
  }

  /** Returns the map of feature {@code j} alone, from the first map. */
  public Coefficients feature(int j) {
    double[] own = new double[isSpecial(j) ? FeatureFormula.BLOCKS : FeatureFormula.PLAIN_BLOCKS];
    for (int block = 0; block < own.length; block++) {
      own[block] = numbers[from + j + block * features];
    }
    return of(own, 1);
  }

  /** Returns the formula of feature {@code j} under the first map. */
  public FeatureFormula formula(int j) {
    return FeatureFormula.read(numbers, from + j, features, blocks);
  }

  /**
   * Returns whether feature {@code j} is mapped by {@code (x - center) * scale + shift}, apart from
   * the digits of integers beyond 2^53.
   */
  public boolean isWithinRange(int j) {
    return !(isSpecial(j) && FeatureFormula.isScaled(numbers, from + j, features));
  }

  private boolean isSpecial(int j) {
    return blocks > FeatureFormula.PLAIN_BLOCKS
        && FeatureFormula.isSpecial(numbers, from + j, features);
  }

  /** The image of {@code x} as feature {@code j} under the first map. */
  public double image(int j, double x) {
    return FeatureFormula.image(numbers, from + j, features, blocks, x);
  }

  /** The image of {@code x} as feature {@code j}; a long beyond 2^53 is not rounded. */
  public double image(int j, long x) {
    return FeatureFormula.image(numbers, from + j, features, blocks, x);
  }

  /** The image of {@code x} as feature {@code j} under map {@code i}. */
  public double image(int i, int j, double x) {
    return FeatureFormula.image(numbers, from(i) + j, features, blocks, x);
  }

  /** The image of the long {@code x} as feature {@code j} under map {@code i}. */
  public double image(int i, int j, long x) {
    return FeatureFormula.image(numbers, from(i) + j, features, blocks, x);
  }

  /** Returns whether all features of a map of {@code numbers} numbers are plain. */
  public static boolean arePlain(int numbers, int features) {
    return numbers == FeatureFormula.PLAIN_BLOCKS * features;
  }

  /** The image of {@code x} under the numbers of a plain feature. */
  public static double image(double x, double center, double scale, double shift) {
    return FeatureFormula.image(x, center, scale, shift);
  }

  /**
   * Writes the image of every feature of a row under the first map.
   *
   * @param row as many values as there are features
   * @param images receives them, starting at {@code at}
   */
  public void writeImages(double[] row, double[] images, int at) {
    // A local array and a single index: the loop then compiles to vector instructions.
    double[] own = numbers;
    int center = from;
    int scale = center + features;
    int shift = scale + features;
    for (int j = 0; j < row.length; j++) {
      images[at + j] =
          FeatureFormula.image(row[j], own[center + j], own[scale + j], own[shift + j]);
    }
    for (int j = 0; blocks > FeatureFormula.PLAIN_BLOCKS && j < row.length; j++) {
      if (isSpecial(j)) {
        images[at + j] = image(j, row[j]);
      }
    }
  }

  /** Returns the image of 0 for each feature; the array is cached and must not be changed. */
  public double[] imagesOfZeros() {
    double[] images = imagesOfZeros;
    if (images == null) {
      images = new double[features];
      for (int j = 0; j < features; j++) {
        images[j] = image(j, 0L);
      }
      imagesOfZeros = images;
    }
    return images;
  }

  /** Returns whether 0 maps to 0 for every feature, so that a sparse vector stays sparse. */
  public boolean keepsZeros() {
    if (keepsZeros == null) {
      keepsZeros = mapsZerosToZeros();
    }
    return keepsZeros;
  }

  private boolean mapsZerosToZeros() {
    for (int j = 0; j < features; j++) {
      if (image(j, 0L) != 0) {
        return false;
      }
    }
    return true;
  }

  private int from(int i) {
    return from + i * blocks * features;
  }

  private int end() {
    return from(count);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Coefficients that
            && features == that.features
            && Arrays.equals(numbers, from, end(), that.numbers, that.from, that.end());
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = from; i < end(); i++) {
      hash = 31 * hash + Double.hashCode(numbers[i]);
    }
    return hash;
  }

  @Override
  public String toString() {
    return "Coefficients(" + features + ")";
  }
}
