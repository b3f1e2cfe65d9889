package batchnorm.spark.model;

import batchnorm.spark.moments.Dyadic;
import java.math.BigInteger;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Exact number in a table of a saved model.
 *
 * <pre>
 *   significand  binary  an integer in two's complement, highest byte first
 *   exponent     int     of the power of two that multiplies it
 * </pre>
 */
final class ExactNumber {
  static final StructType TYPE =
      new StructType()
          .add("significand", DataTypes.BinaryType, false)
          .add("exponent", DataTypes.IntegerType, false);

  private ExactNumber() {}

  static Row row(Dyadic number) {
    return RowFactory.create(cells(number));
  }

  static InternalRow internalRow(Dyadic number) {
    return new GenericInternalRow(cells(number));
  }

  private static Object[] cells(Dyadic number) {
    return new Object[] {number.significand().toByteArray(), number.exponent()};
  }

  static Dyadic of(Row row) {
    return of(row.<byte[]>getAs(0), row.<Integer>getAs(1));
  }

  /** Reads the number in {@code column} of a row. */
  static Dyadic of(Row row, String column) {
    return of(row.<Row>getAs(column));
  }

  static Dyadic of(InternalRow row) {
    return of(row.getBinary(0), row.getInt(1));
  }

  private static Dyadic of(byte[] significand, int exponent) {
    return new Dyadic(new BigInteger(significand), exponent);
  }
}
