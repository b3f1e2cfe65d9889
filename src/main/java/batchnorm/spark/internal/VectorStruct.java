package batchnorm.spark.internal;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/**
 * A Spark ML vector as a row holds it: struct(type byte, size int, indices array of int, values
 * array of double), the layout of {@code org.apache.spark.ml.linalg.VectorUDT}. Size and indices
 * are null for a dense vector.
 */
record VectorStruct(InternalRow struct) {
  static final int FIELDS = 4;

  private static final byte SPARSE = 0;
  private static final byte DENSE = 1;

  static InternalRow dense(ArrayData values) {
    return new GenericInternalRow(new Object[] {DENSE, null, null, values});
  }

  static InternalRow sparse(int size, ArrayData indices, ArrayData values) {
    return new GenericInternalRow(new Object[] {SPARSE, size, indices, values});
  }

  boolean isDense() {
    return struct.getByte(0) == DENSE;
  }

  int size() {
    return isDense() ? values().numElements() : struct.getInt(1);
  }

  ArrayData indices() {
    return struct.getArray(2);
  }

  ArrayData values() {
    return struct.getArray(3);
  }
}
