package batchnorm.spark.fit;

import batchnorm.spark.moments.Doubles;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.RowBlock;
import batchnorm.spark.moments.SparseBlock;
import batchnorm.spark.normalize.HandleInvalid;

/** Computes the moments of one partition row by row. */
public final class RowCollector implements RowConsumer, Collector {
  /** Ratio of the features that a task may touch to the values of a sparse block. */
  private static final int BLOCKS_A_LIMIT = 4;

  private final int partition;
  private final HandleInvalid handleInvalid;
  private final TaskLimit limit;
  private final DatasetMoments collected = DatasetMoments.empty();
  private RowBlock block;

  /** Null until there are sparse rows. */
  private SparseBlock sparseBlock;

  /** Null until there are columns of numbers. */
  private ColumnCollector columns;

  private double weight;

  /** Returns a collector for partition number {@code partition}. */
  public RowCollector(int partition, HandleInvalid handleInvalid) {
    this(partition, handleInvalid, TaskLimit.NONE);
  }

  /** Returns a collector with a limit. */
  public RowCollector(int partition, HandleInvalid handleInvalid, TaskLimit limit) {
    this.partition = partition;
    this.handleInvalid = handleInvalid;
    this.limit = limit;
  }

  /**
   * Returns a collector of columns of numbers that adds to the moments of this one.
   *
   * @param weighted true if the rows have weights
   */
  public ColumnCollector columns(int features, boolean weighted) {
    if (columns == null) {
      columns = new ColumnCollector(collected, partition, features, weighted, handleInvalid);
    }
    return columns;
  }

  @Override
  public boolean startDense(int size, double weight) {
    if (!collected.counts(weight) || !takes(size)) {
      return false;
    }
    if (block == null) {
      block = new RowBlock(size, TaskMemory.atMost(RowBlock.MAX_BYTES));
    }
    block.startRow();
    this.weight = weight;
    return true;
  }

  @Override
  public void set(int j, double value) {
    block.set(j, value);
  }

  @Override
  public void set(int j, long value) {
    block.set(j, value);
  }

  @Override
  public void setAll(double[] values) {
    block.setAll(values);
  }

  @Override
  public void endDense() {
    if (handleInvalid == HandleInvalid.SKIP && !block.isRowFinite()) {
      return;
    }
    block.endRow(weight);
    if (block.isFull()) {
      flush();
    }
  }

  @Override
  public void sparse(int size, int[] indices, double[] values, double weight) {
    if (!collected.counts(weight) || !takes(size)) {
      return;
    }
    if (handleInvalid == HandleInvalid.SKIP && !Doubles.allFinite(values)) {
      return;
    }
    if (weight == 1) {
      if (sparseBlock == null) {
        sparseBlock = new SparseBlock(size, sparseValues());
      }
      sparseBlock.add(indices, values, collected.moments());
    } else {
      collected.moments().addSparse(size, indices, values, weight);
    }
  }

  /** Returns the number of values of a block; each may touch a feature. */
  private int sparseValues() {
    long most = TaskMemory.atMost(SparseBlock.MAX_BYTES) / SparseBlock.BYTES_A_VALUE;
    return (int) Math.max(1, Math.min(most, limit.touched() / BLOCKS_A_LIMIT));
  }

  @Override
  public void absent(double weight) {
    if (collected.counts(weight) && handleInvalid != HandleInvalid.SKIP) {
      collected.moments().addAbsent(weight);
    }
  }

  @Override
  public void malformed(String fault, double weight) {
    if (collected.counts(weight)) {
      collected.addMalformed(new DatasetMoments.Malformed(fault, partition));
    }
  }

  /**
   * Returns whether the moments have reached their limit and should be flushed. Rows with more
   * features than the limit are not added; only their size is recorded.
   */
  @Override
  public boolean isFull() {
    return limit.endsAtWider() && collected.features() > limit.features()
        || collected.moments().touched() > limit.touched();
  }

  /** Returns the moments of the rows that were not flushed. */
  @Override
  public DatasetMoments collected() {
    flush();
    return collected;
  }

  /** Returns the moments of the rows since the last call. */
  Moments takeMoments() {
    return collected().takeMoments();
  }

  private boolean takes(int size) {
    return collected.addSize(new DatasetMoments.SizeSeen(size, partition))
        && size <= limit.features();
  }

  private void flush() {
    if (columns != null) {
      columns.flush();
    }
    if (block != null) {
      collected.moments().addBlock(block);
      block.clear();
    }
    if (sparseBlock != null) {
      sparseBlock.flush(collected.moments());
    }
  }
}
