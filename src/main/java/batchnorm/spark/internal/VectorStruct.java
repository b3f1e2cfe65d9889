package batchnorm.spark.internal;

import batchnorm.spark.errors.VectorFaults;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.unsafe.Platform;

/**
 * A Spark ML vector as a row holds it: struct(type byte, size int, indices array of int, values
 * array of double), the layout of {@code org.apache.spark.ml.linalg.VectorUDT}. Size and indices
 * are null for a dense vector.
 *
 * <p>Other writers than Spark's store what no vector is. Every fit and transform reads vectors
 * here, and so all refuse the same ones, by {@link MalformedVector}:
 *
 * <ul>
 *   <li>type null, or neither 0 (sparse) nor 1 (dense); values null;
 *   <li>sparse ones whose size is null or negative, whose indices are null or have a null, that
 *       have not as many indices as values, or an index that is negative, not below the size, or
 *       repeated.
 * </ul>
 *
 * <p>A null among the values is a missing value, as NaN is. Indices may come in any order. Size and
 * indices of a dense vector do not matter, as to Spark they do not.
 */
record VectorStruct(InternalRow struct) {
  static final int FIELDS = 4;
  static final int TYPE = 0;
  static final int VALUES = 3;

  private static final int SIZE = 1;
  private static final int INDICES = 2;

  static InternalRow dense(ArrayData values) {
    return new GenericInternalRow(new Object[] {VectorType.DENSE, null, null, values});
  }

  static InternalRow sparse(int size, ArrayData indices, ArrayData values) {
    return new GenericInternalRow(new Object[] {VectorType.SPARSE, size, indices, values});
  }

  boolean isDense() {
    return VectorType.isDense(type());
  }

  /** The values as they are stored, all of a dense vector. {@link #doubles} reads them. */
  ArrayData values() {
    if (struct.isNullAt(VALUES)) {
      throw new MalformedVector(VectorFaults.noValues());
    }
    return struct.getArray(VALUES);
  }

  /** The entries of a sparse vector. */
  SparseEntries entries() {
    ArrayData values = values();
    if (struct.isNullAt(INDICES)) {
      throw new MalformedVector(VectorFaults.noIndices());
    }
    if (struct.isNullAt(SIZE)) {
      throw new MalformedVector(VectorFaults.noSize());
    }
    return SparseEntries.of(
        struct.getInt(SIZE), indices(struct.getArray(INDICES)), doubles(values));
  }

  /**
   * Returns a copy that is read alike. A null type is no null in it, and the arrays keep their
   * nulls wherever Spark copies it, although {@code VectorUDT} declares that there are none.
   */
  InternalRow copy() {
    return new GenericInternalRow(
        new Object[] {
          type(),
          struct.isNullAt(SIZE) ? null : (Object) struct.getInt(SIZE),
          struct.isNullAt(INDICES) ? null : indicesCopied(struct.getArray(INDICES)),
          struct.isNullAt(VALUES) ? null : doublesCopied(struct.getArray(VALUES))
        });
  }

  private byte type() {
    return struct.isNullAt(TYPE) ? VectorType.NULL : struct.getByte(TYPE);
  }

  private static ArrayData indicesCopied(ArrayData array) {
    ArrayData stored = nullBits(array);
    return stored instanceof UnsafeArrayData
        ? stored
        : UnsafeArrayData.fromPrimitiveArray(indices(stored));
  }

  private static ArrayData doublesCopied(ArrayData array) {
    ArrayData stored = nullBits(array);
    return stored instanceof UnsafeArrayData
        ? stored
        : UnsafeArrayData.fromPrimitiveArray(doubles(stored));
  }

  private static int[] indices(ArrayData array) {
    ArrayData stored = nullBits(array);
    if (!hasNull(stored)) {
      return stored.toIntArray();
    }
    int[] indices = new int[stored.numElements()];
    for (int k = 0; k < indices.length; k++) {
      indices[k] = stored.isNullAt(k) ? SparseEntries.NULL_INDEX : stored.getInt(k);
    }
    return indices;
  }

  /** Returns a copy of {@code array}; null is NaN. */
  static double[] doubles(ArrayData array) {
    ArrayData stored = nullBits(array);
    if (!hasNull(stored)) {
      return stored.toDoubleArray();
    }
    double[] doubles = new double[stored.numElements()];
    for (int j = 0; j < doubles.length; j++) {
      doubles[j] = doubleAt(stored, j);
    }
    return doubles;
  }

  /** Element {@code j} of {@code array}; null is NaN. */
  static double doubleAt(ArrayData array, int j) {
    return array.isNullAt(j) ? Double.NaN : array.getDouble(j);
  }

  /**
   * Returns {@code array}, or of one in columns a copy with a bit for each null, 64 in a word: the
   * column tells the copy at once that it has none, but does not tell us.
   */
  private static ArrayData nullBits(ArrayData array) {
    if (!(array instanceof ColumnarArray)) {
      return array;
    }
    try {
      return array.copy();
    } catch (IllegalStateException e) {
      // Vectors of Arrow refuse to copy a null.
      return array;
    }
  }

  private static boolean hasNull(ArrayData array) {
    return array instanceof UnsafeArrayData unsafe ? hasNullBit(unsafe) : hasNullElement(array);
  }

  private static boolean hasNullBit(UnsafeArrayData array) {
    long words = array.getBaseOffset() + Long.BYTES;
    long end =
        array.getBaseOffset() + UnsafeArrayData.calculateHeaderPortionInBytes(array.numElements());
    long bits = 0;
    for (long word = words; word < end; word += Long.BYTES) {
      bits |= Platform.getLong(array.getBaseObject(), word);
    }
    return bits != 0;
  }

  private static boolean hasNullElement(ArrayData array) {
    int size = array.numElements();
    for (int j = 0; j < size; j++) {
      if (array.isNullAt(j)) {
        return true;
      }
    }
    return false;
  }
}
