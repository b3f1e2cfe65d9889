package batchnorm.spark.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of data before and after a transform.
 *
 * @param rows the number of rows
 * @param features the sample of each feature, in the order of the model
 */
public record Sample(int rows, List<OfFeature> features) {
  /** Number of rows whose values are shown. */
  private static final int EXAMPLES = 5;

  /** Bound of the magnitude of nearly all normalized values, without gamma and beta. */
  private static final double USUAL = 4;

  /**
   * Sample of a feature.
   *
   * @param firstBefore the values of the first rows
   * @param firstAfter the values of the same rows after the transform
   */
  public record OfFeature(
      Distribution before, Distribution after, double[] firstBefore, double[] firstAfter) {}

  /**
   * Returns the sample of the same rows before and after a transform.
   *
   * @param comparable true if the normalized features have the same scale around 0, so that their
   *     histograms can share an axis
   */
  public static Sample of(double[][] before, double[][] after, boolean comparable) {
    int features = before.length == 0 ? 0 : before[0].length;
    List<OfFeature> sampled = new ArrayList<>();
    for (int j = 0; j < features; j++) {
      double[] x = column(before, j);
      double[] y = column(after, j);
      sampled.add(
          new OfFeature(
              Distribution.of(x),
              comparable ? Distribution.of(y, -USUAL, USUAL) : Distribution.of(y),
              Arrays.copyOf(x, Math.min(EXAMPLES, x.length)),
              Arrays.copyOf(y, Math.min(EXAMPLES, y.length))));
    }
    return new Sample(before.length, sampled);
  }

  private static double[] column(double[][] rows, int j) {
    return Arrays.stream(rows).mapToDouble(row -> row[j]).toArray();
  }
}
