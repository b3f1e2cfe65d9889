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
  static final int TYPE = 0;
  static final int SIZE = 1;
  static final int INDICES = 2;
  static final int VALUES = 3;

  private static final byte SPARSE = 0;
  private static final byte DENSE = 1;

  static InternalRow dense(ArrayData values) {
    return new GenericInternalRow(new Object[] {DENSE, null, null, values});
  }

  static InternalRow sparse(int size, ArrayData indices, ArrayData values) {
    return new GenericInternalRow(new Object[] {SPARSE, size, indices, values});
  }

  boolean isDense() {
    return isDense(struct.getByte(TYPE));
  }

  static boolean isDense(byte type) {
    return type == DENSE;
  }

  int size() {
    return isDense() ? values().numElements() : struct.getInt(SIZE);
  }

  ArrayData indices() {
    return struct.getArray(INDICES);
  }

  ArrayData values() {
    return struct.getArray(VALUES);
  }
}
