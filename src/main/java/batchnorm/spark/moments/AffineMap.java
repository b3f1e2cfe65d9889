package batchnorm.spark.moments;

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
 * the maps of other groups too.
 *
 * <ul>
 *   <li>A constant feature maps to beta: by the formula where {@code eps > 0}, by {@code scale =
 *       gamma} where {@code eps = 0}.
 *   <li>A feature whose variance is beyond the range of double maps to beta.
 *   <li>A feature without statistics (mean NaN) maps to NaN.
 *   <li>NaN maps to NaN, an infinity to what the formula gives.
 * </ul>
 */
public final class AffineMap implements Serializable {
  private static final long serialVersionUID = 2L;

  /** The numbers of a feature. */
  static final int COEFFICIENTS = 3;

  private final double[] coefficients;
  private final int from;
  private final int size;

  /** Whether 0 maps to 0, once it was asked for. */
  private Boolean keepsZeros;

  /** Returns the map whose numbers lie in {@code coefficients} from {@code from} on. */
  AffineMap(double[] coefficients, int from, int size) {
    this.coefficients = coefficients;
    this.from = from;
    this.size = size;
  }

  /** Returns the map of which is known whether it maps 0 to 0. */
  AffineMap(double[] coefficients, int from, int size, boolean keepsZeros) {
    this(coefficients, from, size);
    this.keepsZeros = keepsZeros;
  }

  /** Returns the map of which {@link #coefficients()} are given. */
  public static AffineMap of(double[] coefficients) {
    return new AffineMap(coefficients, 0, coefficients.length / COEFFICIENTS);
  }

  /** Returns the map of {@code statistics} under {@code recipe}. */
  public static AffineMap normalizing(Statistics statistics, Recipe recipe) {
    AffineMap map = ofSize(statistics.size());
    for (int j = 0; j < map.size; j++) {
      double divisor = recipe.divisor(statistics, j);
      // Where the scale is 0, a difference that overflows would make NaN of what is beta.
      boolean centred = recipe.withMean() && divisor != Double.POSITIVE_INFINITY;
      map.set(j, centred ? statistics.mean(j) : 0, recipe.gamma(j) / divisor, recipe.beta(j));
    }
    return map;
  }

  /**
   * Returns the map back: {@code x = (y - beta) * sqrt(variance + eps) / gamma + mean}. Features
   * whose gamma is 0 cannot be mapped back and come out infinite or NaN; refuse them before.
   */
  public static AffineMap restoring(Statistics statistics, Recipe recipe) {
    AffineMap map = ofSize(statistics.size());
    for (int j = 0; j < map.size; j++) {
      double divisor = recipe.divisor(statistics, j);
      // Of a feature of infinite variance nothing but beta is left, which the mean is restored
      // from.
      double scale = divisor == Double.POSITIVE_INFINITY ? 0 : divisor / recipe.gamma(j);
      map.set(j, recipe.beta(j), scale, recipe.withMean() ? statistics.mean(j) : 0);
    }
    return map;
  }

  private static AffineMap ofSize(int size) {
    return of(new double[COEFFICIENTS * size]);
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

  /** All centers, then all scales, then all shifts. */
  public double[] coefficients() {
    return Arrays.copyOfRange(coefficients, from, from + COEFFICIENTS * size);
  }

  /** The image of {@code x} as feature {@code j}. */
  public double apply(int j, double x) {
    int at = from + j;
    return image(x, coefficients[at], coefficients[at + size], coefficients[at + 2 * size]);
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
  }

  /** Feature {@code j} alone. */
  public AffineMap feature(int j) {
    int at = from + j;
    return of(
        new double[] {coefficients[at], coefficients[at + size], coefficients[at + 2 * size]});
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
    return from + COEFFICIENTS * size;
  }

  @Override
  public String toString() {
    return "AffineMap(" + size() + ")";
  }
}
