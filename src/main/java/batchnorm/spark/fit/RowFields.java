package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;

/**
 * Access to the fields of rows of class {@code R}, by column.
 *
 * @param <R> the class of the rows
 */
interface RowFields<R> {
  boolean isNull(R row, int column);

  double getDouble(R row, int column);

  long getLong(R row, int column);

  /** Returns the elements of an array of this kind; a null element becomes NaN. */
  double[] array(R row, int column, ColumnKind kind);

  StoredVector vector(R row, int column);
}
