package batchnorm.spark.fit;

/**
 * Receives rows one by one. For each row call {@link #startDense}, {@link #sparse}, {@link #absent}
 * or {@link #malformed}. A started dense row is filled by {@link #set} and ended by {@link
 * #endDense}.
 */
public interface RowConsumer {
  /**
   * Starts a dense row, and returns whether it counts. A row does not count if its weight is 0 or
   * invalid, or if its size differs from that of earlier rows; it must not be filled then.
   *
   * @param weight the row's weight; NaN for null
   */
  boolean startDense(int size, double weight);

  /** Sets feature {@code j} of the started dense row; NaN for null. */
  void set(int j, double value);

  /** Sets feature {@code j} of the started dense row to a long of any size. */
  void set(int j, long value);

  /** Sets all features of the started dense row to the first of {@code values}. */
  void setAll(double[] values);

  /** Ends the started dense row. */
  void endDense();

  /** Adds a sparse row; the rules for weight and size are those of {@link #startDense}. */
  void sparse(int size, int[] indices, double[] values, double weight);

  /** Adds a row whose vector is null. */
  void absent(double weight);

  /**
   * Records a row whose vector cannot be read, unless its weight is 0.
   *
   * @param fault the description of the fault
   */
  void malformed(String fault, double weight);
}
