package batchnorm.spark.moments;

import java.io.Serializable;
import java.util.Optional;

/**
 * The moments of rows as partitions hold them, with what was wrong with the rows: the value that a
 * fit sends from task to task. Faults are carried to the end and raised once there, since an error
 * raised in a task would be retried, and wrapped, by the scheduler.
 */
public final class DatasetMoments implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Where rows of a size were seen. A class, not a record, which Kryo 4 cannot write. */
  public static final class SizeSeen implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int size;
    private final int partition;

    SizeSeen(int size, int partition) {
      this.size = size;
      this.partition = partition;
    }

    /** The number of features of the rows. */
    public int size() {
      return size;
    }

    /** The partition they are in. */
    public int partition() {
      return partition;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof SizeSeen that && size == that.size && partition == that.partition;
    }

    @Override
    public int hashCode() {
      return 31 * size + partition;
    }

    @Override
    public String toString() {
      return size + " in partition " + partition;
    }
  }

  private final Moments moments = Moments.empty();
  private SizeSeen size;
  private SizeSeen otherSize;
  private long invalidWeights;
  private String invalidWeight;

  private DatasetMoments() {}

  /** Returns the moments of no rows. */
  public static DatasetMoments empty() {
    return new DatasetMoments();
  }

  /** The moments of the rows without fault. */
  public Moments moments() {
    return moments;
  }

  /** How many rows had a weight that is negative, infinite, NaN or null. */
  public long invalidWeights() {
    return invalidWeights;
  }

  /** One of the invalid weights, if there are any. */
  public Optional<String> invalidWeight() {
    return Optional.ofNullable(invalidWeight);
  }

  /** The size of the rows without fault, if there are any. */
  public Optional<SizeSeen> size() {
    return Optional.ofNullable(size);
  }

  /** A second size, if not all rows were of one. */
  public Optional<SizeSeen> otherSize() {
    return Optional.ofNullable(otherSize);
  }

  /** Adds the rows of {@code right} to these, and returns these. */
  public DatasetMoments merge(DatasetMoments right) {
    invalidWeights += right.invalidWeights;
    invalidWeight = invalidWeight == null ? right.invalidWeight : invalidWeight;
    boolean sameSize = right.size == null || sees(right.size);
    otherSize = otherSize == null ? right.otherSize : otherSize;
    if (sameSize) {
      moments.merge(right.moments);
    }
    return this;
  }

  /** Notes rows of a size, and tells whether it is the size of all rows so far. */
  boolean sees(SizeSeen seen) {
    if (size == null) {
      size = seen;
    } else if (size.size() != seen.size()) {
      otherSize = otherSize == null ? seen : otherSize;
      return false;
    }
    return true;
  }

  void addInvalidWeight(double weight) {
    invalidWeights++;
    if (invalidWeight == null) {
      invalidWeight = Double.isNaN(weight) ? "null or NaN" : Double.toString(weight);
    }
  }
}
