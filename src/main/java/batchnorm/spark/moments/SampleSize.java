package batchnorm.spark.moments;

/**
 * Size of a sample of weighted rows, and the rule for the minimum size for a variance.
 *
 * <ul>
 *   <li>With divisor n, two rows of any weight are enough, since the variance depends only on the
 *       proportions of the weights. A total weight above 1 is enough, too: one row of weight 3
 *       counts as three rows.
 *   <li>With divisor n - 1, the total weight n has to be above 1. A total that exceeds 1 by no more
 *       than rounding counts as 1: such weights were divided by their sum.
 * </ul>
 *
 * @param rows the number of rows of positive weight
 * @param weight the sum of their weights
 */
public record SampleSize(long rows, double weight) {
  /** Relative error of a weight divided by a rounded sum, for each term of the sum. */
  private static final double ROUNDING = 0x1p-52;

  /**
   * Returns whether the sample is large enough for a variance.
   *
   * @param correction subtracted from n in the divisor: 0 or 1
   */
  public boolean isEnough(int correction) {
    return correction == 0 ? rows > 1 || weight > 1 : weight > 1 + rows * ROUNDING;
  }
}
