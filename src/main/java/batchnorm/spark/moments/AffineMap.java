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
 * <ul>
 *   <li>A constant feature maps to beta: by the formula where {@code eps > 0}, by {@code scale =
 *       gamma} where {@code eps = 0}.
 *   <li>A feature whose variance is beyond the range of double maps to beta.
 *   <li>A feature without statistics (mean NaN) maps to NaN.
 *   <li>NaN maps to NaN, an infinity to what the formula gives.
 * </ul>
 */
public final class AffineMap implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] center;
  private final double[] scale;
  private final double[] shift;

  private AffineMap(double[] center, double[] scale, double[] shift) {
    this.center = center;
    this.scale = scale;
    this.shift = shift;
  }

  /** Returns the map of {@code statistics} under {@code recipe}. */
  public static AffineMap normalizing(Statistics statistics, Recipe recipe) {
    int size = statistics.size();
    double[] center = new double[size];
    double[] scale = new double[size];
    double[] shift = new double[size];
    for (int j = 0; j < size; j++) {
      double divisor = recipe.divisor(statistics, j);
      // Where the scale is 0, a difference that overflows would make NaN of what is beta.
      boolean centred = recipe.withMean() && divisor != Double.POSITIVE_INFINITY;
      center[j] = centred ? statistics.mean(j) : 0;
      scale[j] = recipe.gamma(j) / divisor;
      shift[j] = recipe.beta(j);
    }
    return new AffineMap(center, scale, shift);
  }

  /**
   * Returns the map back: {@code x = (y - beta) * sqrt(variance + eps) / gamma + mean}. Features
   * whose gamma is 0 cannot be mapped back and come out infinite or NaN; refuse them before.
   */
  public static AffineMap restoring(Statistics statistics, Recipe recipe) {
    int size = statistics.size();
    double[] center = new double[size];
    double[] scale = new double[size];
    double[] shift = new double[size];
    for (int j = 0; j < size; j++) {
      double divisor = recipe.divisor(statistics, j);
      center[j] = recipe.beta(j);
      // Of a feature of infinite variance nothing but beta is left, which the mean is restored
      // from.
      scale[j] = divisor == Double.POSITIVE_INFINITY ? 0 : divisor / recipe.gamma(j);
      shift[j] = recipe.withMean() ? statistics.mean(j) : 0;
    }
    return new AffineMap(center, scale, shift);
  }

  /** The number of features. */
  public int size() {
    return center.length;
  }

  /** The image of {@code x} as feature {@code j}. */
  public double apply(int j, double x) {
    return (x - center[j]) * scale[j] + shift[j];
  }

  /**
   * Writes the image of every feature of a row.
   *
   * @param row as many values as there are features
   * @param images where they go, from {@code at} on
   */
  public void apply(double[] row, double[] images, int at) {
    // Local and of one index, so that the loop compiles to vector instructions.
    double[] centers = center;
    double[] scales = scale;
    double[] shifts = shift;
    for (int j = 0; j < row.length; j++) {
      images[at + j] = (row[j] - centers[j]) * scales[j] + shifts[j];
    }
  }

  /** Feature {@code j} alone. */
  public AffineMap feature(int j) {
    return new AffineMap(
        new double[] {center[j]}, new double[] {scale[j]}, new double[] {shift[j]});
  }

  /** Whether 0 maps to 0 for every feature, so that a sparse vector stays as sparse as it is. */
  public boolean keepsZeros() {
    for (int j = 0; j < size(); j++) {
      if (apply(j, 0) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AffineMap map
        && Arrays.equals(center, map.center)
        && Arrays.equals(scale, map.scale)
        && Arrays.equals(shift, map.shift);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(center) + Arrays.hashCode(scale)) + Arrays.hashCode(shift);
  }

  @Override
  public String toString() {
    return "AffineMap(" + size() + ")";
  }
}
