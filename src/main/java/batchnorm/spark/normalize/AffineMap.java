package batchnorm.spark.normalize;

import batchnorm.spark.moments.ExactLong;
import batchnorm.spark.moments.Finite;
import batchnorm.spark.moments.IntegerMean;
import batchnorm.spark.moments.ScaledDouble;
import batchnorm.spark.moments.Statistics;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The map that a model applies to every feature, folded to three numbers a feature: {@code y = (x -
 * center) * scale + shift}.
 *
 * <p>Normalizing is {@code y = gamma (x - mean) / sqrt(variance + eps) + beta}, thus {@code center
 * = mean}, {@code scale = gamma / sqrt(variance + eps)} and {@code shift = beta} (Ioffe, Szegedy:
 * Batch Normalization, 2015, <a href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>,
 * algorithm 1; eps is in squared units of the feature). The mean is subtracted first and not folded
 * into the shift: a feature whose mean is large against its deviation would lose its digits.
 *
 * <p>The numbers lie in one array, all centers, then all scales, then all shifts, which may hold
 * the maps of other groups too. A map with features whose formula is another one, so that digits
 * and range suffice, has three blocks more: see {@link FeatureFormula}.
 *
 * <ul>
 *   <li>A constant feature maps to beta: by the formula where {@code eps > 0}, by {@code scale =
 *       gamma} where {@code eps = 0}.
 *   <li>A feature whose variance is beyond the range of double is mapped by its deviation, which is
 *       not. Known statistics of infinite variance have none, and map to beta.
 *   <li>A feature without statistics (mean NaN) maps to NaN.
 *   <li>NaN maps to NaN, an infinity to what the formula gives.
 * </ul>
 */
public final class AffineMap implements Serializable {
  private static final long serialVersionUID = 3L;

  /** The numbers of a feature of a map whose features are all plain. */
  public static final int COEFFICIENTS = 3;

  /** From this exponent of the center on, a difference may be beyond the range of double. */
  private static final int LARGE_CENTER = 970;

  /** A divisor and a scale of greater exponent, or of a lesser negative one, are split in two. */
  private static final int ORDINARY_EXPONENT = 960;

  /** The greatest exponent of what is split off, a power of two and a double itself. */
  private static final int GREATEST_POWER = 1000;

  private final double[] coefficients;
  private final int from;
  private final int size;

  /** {@link #COEFFICIENTS} or {@link FeatureFormula#BLOCKS}. */
  private final int blocks;

  /** Whether 0 maps to 0, once it was asked for. */
  private Boolean keepsZeros;

  /**
   * The images of zeros, once they were asked for: every sparse row that becomes dense has them.
   */
  private transient volatile double[] imagesOfZeros;

  /** Returns the map whose numbers lie in {@code coefficients} from {@code from} on. */
  AffineMap(double[] coefficients, int from, int size, int blocks) {
    this.coefficients = coefficients;
    this.from = from;
    this.size = size;
    this.blocks = blocks;
  }

  /** Returns the map of which is known whether it maps 0 to 0. */
  AffineMap(double[] coefficients, int from, int size, int blocks, boolean keepsZeros) {
    this(coefficients, from, size, blocks);
    this.keepsZeros = keepsZeros;
  }

  /** Returns the map of {@code size} features of which {@link #coefficients()} are given. */
  public static AffineMap of(double[] coefficients, int size) {
    return new AffineMap(coefficients, 0, size, size == 0 ? 0 : coefficients.length / size);
  }

  /** Returns the map of {@code statistics} under {@code recipe}. */
  public static AffineMap normalizing(Statistics statistics, Recipe recipe) {
    AffineMap map = ofSize(statistics.size());
    for (int j = 0; j < map.size; j++) {
      map = map.withNormalized(statistics, recipe, j);
    }
    return map;
  }

  private AffineMap withNormalized(Statistics statistics, Recipe recipe, int j) {
    ScaledDouble divisor = recipe.divisor(statistics, j);
    double gamma = recipe.gamma(j);
    // Where the scale is 0, a difference that overflows would make NaN of what is beta.
    boolean isInfinite = divisor.significand() == Double.POSITIVE_INFINITY;
    double center = recipe.withMean() && !isInfinite ? statistics.mean(j) : 0;
    if (isLarge(center) || isExtreme(divisor, gamma)) {
      return withScaled(j, center, divisor, gamma, recipe.beta(j));
    }
    set(j, center, gamma / divisor.doubleValue(), recipe.beta(j));
    return recipe.withMean() && statistics.integerMean(j).isPresent()
        ? withIntegers(j, statistics.integerMean(j).get())
        : this;
  }

  private AffineMap withIntegers(int j, IntegerMean mean) {
    AffineMap map = extended();
    FeatureFormula.setIntegers(map.coefficients, map.from + j, size, mean);
    return map;
  }

  private AffineMap withScaled(
      int j, double center, ScaledDouble divisor, double gamma, double beta) {
    int most = center == 0 ? GREATEST_POWER : GREATEST_POWER - 100 - Math.getExponent(center);
    int power = clamp(Math.min(most, -divisor.magnitude()));
    double before = Math.scalb(1.0, power);
    AffineMap map = extended();
    map.set(j, center * before, divisor.dividing(gamma, -power), beta);
    FeatureFormula.set(map.coefficients, map.from + j, size, FeatureFormula.SCALED, before, 1);
    return map;
  }

  /**
   * Returns the map back: {@code x = (y - beta) * sqrt(variance + eps) / gamma + mean}. Features
   * whose gamma is 0 cannot be mapped back and come out infinite or NaN; refuse them before.
   */
  public static AffineMap restoring(Statistics statistics, Recipe recipe) {
    AffineMap map = ofSize(statistics.size());
    for (int j = 0; j < map.size; j++) {
      map = map.withRestored(statistics, recipe, j);
    }
    return map;
  }

  private AffineMap withRestored(Statistics statistics, Recipe recipe, int j) {
    ScaledDouble divisor = recipe.divisor(statistics, j);
    double gamma = recipe.gamma(j);
    double mean = recipe.withMean() ? statistics.mean(j) : 0;
    if (divisor.significand() == Double.POSITIVE_INFINITY) {
      // Of a feature of infinite variance nothing but beta is left, which the mean is restored
      // from.
      set(j, recipe.beta(j), 0, mean);
      return this;
    }
    if (isLarge(mean) || isExtreme(divisor, gamma)) {
      return withRescaled(j, recipe.beta(j), divisor, gamma, mean);
    }
    set(j, recipe.beta(j), divisor.doubleValue() / gamma, mean);
    return recipe.withMean() && statistics.integerMean(j).isPresent()
        ? withTwoShifts(j, statistics.integerMean(j).get())
        : this;
  }

  private AffineMap withTwoShifts(int j, IntegerMean mean) {
    AffineMap map = extended();
    FeatureFormula.setTwoShifts(map.coefficients, map.from + j, size, mean);
    return map;
  }

  private AffineMap withRescaled(
      int j, double beta, ScaledDouble divisor, double gamma, double mean) {
    int magnitude = divisor.magnitude() - Math.getExponent(gamma);
    int power = clamp(mean == 0 ? magnitude : Math.max(magnitude, Math.getExponent(mean)));
    AffineMap map = extended();
    map.set(j, beta, divisor.dividedBy(gamma, -power), Math.scalb(mean, -power));
    FeatureFormula.set(
        map.coefficients, map.from + j, size, FeatureFormula.SCALED, 1, Math.scalb(1.0, power));
    return map;
  }

  private static boolean isLarge(double center) {
    return Finite.is(center) && Math.getExponent(center) >= LARGE_CENTER;
  }

  /**
   * Returns whether the divisor, or it and gamma as one number, come near the ends of double's
   * range.
   */
  private static boolean isExtreme(ScaledDouble divisor, double gamma) {
    if (!(divisor.significand() > 0 && divisor.significand() <= Double.MAX_VALUE) || gamma == 0) {
      return false;
    }
    int magnitude = divisor.magnitude();
    return Math.abs(magnitude) > ORDINARY_EXPONENT
        || Math.abs(Math.getExponent(gamma) - magnitude) > ORDINARY_EXPONENT;
  }

  private static int clamp(int power) {
    return Math.max(-GREATEST_POWER, Math.min(GREATEST_POWER, power));
  }

  /** The same map with room for features that are not plain. */
  private AffineMap extended() {
    return blocks == FeatureFormula.BLOCKS
        ? this
        : of(Arrays.copyOf(coefficients(), FeatureFormula.BLOCKS * size), size);
  }

  private static AffineMap ofSize(int size) {
    return new AffineMap(new double[COEFFICIENTS * size], 0, size, COEFFICIENTS);
  }

  private void set(int j, double center, double scale, double shift) {
    coefficients[from + j] = center;
    coefficients[from + size + j] = scale;
    coefficients[from + 2 * size + j] = shift;
  }

  /** The number of features. */
  public int size() {
    return size;
  }

  /** All centers, then all scales, then all shifts, then what features that are not plain have. */
  public double[] coefficients() {
    return Arrays.copyOfRange(coefficients, from, end());
  }

  int blocks() {
    return blocks;
  }

  /**
   * Returns whether {@code (x - center) * scale + shift} is what feature {@code j} is mapped by,
   * but for digits of integers beyond 2^53.
   */
  public boolean isWithinRange(int j) {
    return !(isSpecial(j) && FeatureFormula.isScaled(coefficients, from + j, size));
  }

  private boolean isSpecial(int j) {
    return blocks > COEFFICIENTS && FeatureFormula.isSpecial(coefficients, from + j, size);
  }

  /** The image of {@code x} as feature {@code j}. */
  public double apply(int j, double x) {
    return image(coefficients, from + j, size, blocks, x);
  }

  /** The image of {@code x} as feature {@code j}; a long beyond 2^53 counts as itself. */
  public double apply(int j, long x) {
    return image(coefficients, from + j, size, blocks, x);
  }

  /** The image of {@code x} as the feature whose center is {@code numbers[at]}. */
  static double image(double[] numbers, int at, int size, int blocks, double x) {
    if (blocks > COEFFICIENTS && FeatureFormula.isSpecial(numbers, at, size)) {
      return FeatureFormula.image(numbers, at, size, x);
    }
    return image(x, numbers[at], numbers[at + size], numbers[at + 2 * size]);
  }

  /** The same of a long. */
  static double image(double[] numbers, int at, int size, int blocks, long x) {
    if (blocks > COEFFICIENTS && FeatureFormula.isSpecial(numbers, at, size)) {
      return FeatureFormula.image(numbers, at, size, x);
    }
    return image(x, numbers[at], numbers[at + size], numbers[at + 2 * size]);
  }

  /** The image of a long, which is subtracted as such where no double is equal to it. */
  static double image(long x, double center, double scale, double shift) {
    return ExactLong.isDouble(x)
        ? image((double) x, center, scale, shift)
        : IntegerMean.difference(x, center) * scale + shift;
  }

  /** The image of {@code x} under the numbers of its feature. */
  public static double image(double x, double center, double scale, double shift) {
    return (x - center) * scale + shift;
  }

  /**
   * Writes the image of every feature of a row.
   *
   * @param row as many values as there are features
   * @param images where they go, from {@code at} on
   */
  public void apply(double[] row, double[] images, int at) {
    // Local and of one index, so that the loop compiles to vector instructions.
    double[] numbers = coefficients;
    int center = from;
    int scale = center + size;
    int shift = scale + size;
    for (int j = 0; j < row.length; j++) {
      images[at + j] = image(row[j], numbers[center + j], numbers[scale + j], numbers[shift + j]);
    }
    for (int j = 0; blocks > COEFFICIENTS && j < row.length; j++) {
      if (isSpecial(j)) {
        images[at + j] = apply(j, row[j]);
      }
    }
  }

  /** Feature {@code j} alone. */
  public AffineMap feature(int j) {
    double[] numbers = new double[isSpecial(j) ? FeatureFormula.BLOCKS : COEFFICIENTS];
    for (int block = 0; block < numbers.length; block++) {
      numbers[block] = coefficients[from + j + block * size];
    }
    return of(numbers, 1);
  }

  /** Whether 0 maps to 0 for every feature, so that a sparse vector stays as sparse as it is. */
  public boolean keepsZeros() {
    if (keepsZeros == null) {
      keepsZeros = mapsZerosToZeros();
    }
    return keepsZeros;
  }

  private boolean mapsZerosToZeros() {
    for (int j = 0; j < size; j++) {
      if (apply(j, 0) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns the image of 0 as each feature; computed once, and not to be changed. */
  public double[] imagesOfZeros() {
    double[] images = imagesOfZeros;
    if (images == null) {
      images = new double[size];
      for (int j = 0; j < size; j++) {
        images[j] = apply(j, 0L);
      }
      imagesOfZeros = images;
    }
    return images;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof AffineMap map
            && Arrays.equals(coefficients, from, end(), map.coefficients, map.from, map.end());
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = from; i < end(); i++) {
      hash = 31 * hash + Double.hashCode(coefficients[i]);
    }
    return hash;
  }

  private int end() {
    return from + blocks * size;
  }

  @Override
  public String toString() {
    return "AffineMap(" + size() + ")";
  }
}
