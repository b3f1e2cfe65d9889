package batchnorm.spark.transform;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/** The function of a row's numbers that a {@link NumbersExpression} computes. */
interface RowFunction extends Serializable {
  /**
   * The value for the numbers in the fields {@code ordinals} of {@code row}; never null.
   *
   * @param longs which of them are longs; the others are doubles
   * @param place what says which map the row gets; null where all have one, or none is needed
   */
  Object apply(InternalRow row, int[] ordinals, boolean[] longs, Object place);

  /** The type of the value. */
  DataType dataType();
}
