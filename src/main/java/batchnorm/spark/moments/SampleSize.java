package batchnorm.spark.moments;

/**
 * The size of a sample of weighted rows, and the rule that says whether it is enough for a
 * variance.
 *
 * <ul>
 *   <li>With divisor n, two rows are enough, whatever their weights, since the variance depends
 *       only on the proportions of the weights. A total weight above 1 is enough, too: one row of
 *       weight 3 is three rows.
 *   <li>With divisor n - 1, the total weight n has to be above 1. A total that is above 1 only by
 *       the rounding of so many weights counts as 1: such weights were divided by their sum.
 * </ul>
 *
 * @param rows the number of rows of positive weight
 * @param weight the sum of their weights
 */
public record SampleSize(long rows, double weight) {
  /** The relative error of a weight that was divided by a rounded sum, for each term of the sum. */
  private static final double ROUNDING = 0x1p-52;

  /**
   * Returns whether there is a variance of so many rows.
   *
   * @param correction subtracted from n in the divisor: 0 or 1
   */
  public boolean isEnough(int correction) {
    return correction == 0 ? rows > 1 || weight > 1 : weight > 1 + rows * ROUNDING;
  }
}
