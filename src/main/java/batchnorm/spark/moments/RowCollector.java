package batchnorm.spark.moments;

/**
 * Takes the rows of one partition, one after the other, and gives their moments.
 *
 * <p>For each row call {@link #startDense}, {@link #sparse} or {@link #absent}; a dense row that
 * was started is filled with {@link #set} and ended with {@link #endDense}.
 */
public final class RowCollector {
  private final int partition;
  private final HandleInvalid handleInvalid;
  private final Bound bound;
  private final DatasetMoments collected = DatasetMoments.empty();
  private RowBlock block;
  private double weight;

  /** Returns a collector for partition number {@code partition}. */
  public RowCollector(int partition, HandleInvalid handleInvalid) {
    this(partition, handleInvalid, Bound.NONE);
  }

  /** Returns a collector that is full at {@code bound}. */
  public RowCollector(int partition, HandleInvalid handleInvalid, Bound bound) {
    this.partition = partition;
    this.handleInvalid = handleInvalid;
    this.bound = bound;
  }

  /**
   * Starts a dense row, and tells whether it counts; one of weight 0, an invalid weight or another
   * size than the rows before it does not, and is not to be filled.
   *
   * @param weight the row's weight; NaN where it is null
   */
  public boolean startDense(int size, double weight) {
    if (!collected.counts(weight) || !takes(size)) {
      return false;
    }
    if (block == null) {
      block = new RowBlock(size);
    }
    this.weight = weight;
    return true;
  }

  /** Sets feature {@code j} of the dense row that was started; null is NaN. */
  public void set(int j, double value) {
    block.set(j, value);
  }

  /** Sets all features of the dense row that was started, to the first of {@code values}. */
  public void setAll(double[] values) {
    block.setAll(values);
  }

  /** Ends the dense row that was started. */
  public void endDense() {
    if (handleInvalid == HandleInvalid.SKIP && !block.isRowFinite()) {
      return;
    }
    block.endRow(weight);
    if (block.isFull()) {
      flush();
    }
  }

  /** Adds a sparse row, whose weight and size count as those of a dense one do. */
  public void sparse(int size, int[] indices, double[] values, double weight) {
    if (!collected.counts(weight) || !takes(size)) {
      return;
    }
    if (handleInvalid == HandleInvalid.SKIP && !Finite.areAll(values)) {
      return;
    }
    collected.moments().addSparse(size, indices, values, weight);
  }

  /** Adds a row that has null for a vector. */
  public void absent(double weight) {
    if (collected.counts(weight) && handleInvalid != HandleInvalid.SKIP) {
      collected.moments().addAbsent(weight);
    }
  }

  /**
   * Whether what was collected is at the bound, so that further rows should go to another
   * collector. Rows of more features than the bound has are not added, only their number is noted.
   */
  public boolean isFull() {
    return collected.features() > bound.features()
        || collected.moments().touched() > bound.touched();
  }

  /** Returns the moments of all rows. */
  public DatasetMoments collected() {
    flush();
    return collected;
  }

  private boolean takes(int size) {
    return collected.sees(new DatasetMoments.SizeSeen(size, partition)) && size <= bound.features();
  }

  private void flush() {
    if (block != null) {
      collected.moments().addBlock(block);
      block.clear();
    }
  }
}
