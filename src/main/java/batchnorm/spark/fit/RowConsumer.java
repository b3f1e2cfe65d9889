package batchnorm.spark.fit;

/**
 * Takes rows one after the other. For each row call {@link #startDense}, {@link #sparse}, {@link
 * #absent} or {@link #malformed}; a dense row that was started is filled with {@link #set} and
 * ended with {@link #endDense}.
 */
public interface RowConsumer {
  /**
   * Starts a dense row, and tells whether it counts; one of weight 0, an invalid weight or another
   * size than the rows before it does not, and is not to be filled.
   *
   * @param weight the row's weight; NaN where it is null
   */
  boolean startDense(int size, double weight);

  /** Sets feature {@code j} of the dense row that was started; null is NaN. */
  void set(int j, double value);

  /** Sets feature {@code j} of the dense row that was started to an integer of any size. */
  void set(int j, long value);

  /** Sets all features of the dense row that was started, to the first of {@code values}. */
  void setAll(double[] values);

  /** Ends the dense row that was started. */
  void endDense();

  /** Adds a sparse row, whose weight and size count as those of a dense one do. */
  void sparse(int size, int[] indices, double[] values, double weight);

  /** Adds a row that has null for a vector. */
  void absent(double weight);

  /**
   * Notes a row whose vector cannot be read, unless it has weight 0.
   *
   * @param fault the description of the fault
   */
  void malformed(String fault, double weight);
}
