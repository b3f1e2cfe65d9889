package batchnorm.spark.moments;

/** Adds a block of {@link BlockSums#MAX_VALUES} values to sums of its own. */
interface Kernel {
  void add(double[] values, int from);
}
