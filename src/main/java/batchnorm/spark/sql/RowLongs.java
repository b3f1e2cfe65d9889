package batchnorm.spark.sql;

import batchnorm.spark.moments.Longs;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Columns of a row of type BIGINT, none of them null.
 *
 * @param first the index of the first column
 */
record RowLongs(InternalRow row, int first) implements Longs {
  @Override
  public long get(int k) {
    return row.getLong(first + k);
  }

  @Override
  public void set(int k, long value) {
    row.setLong(first + k, value);
  }
}
