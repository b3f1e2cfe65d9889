package batchnorm.spark.fit;

import batchnorm.spark.errors.VectorFaults;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.Platform;

/**
 * A Spark ML vector as a row holds it: struct(type byte, size int, indices array of int, values
 * array of double), the layout of {@code org.apache.spark.ml.linalg.VectorUDT}. Size and indices
 * are null for a dense vector.
 *
 * <p>Writers other than Spark may store structs that are not vectors. Every fit and transform reads
 * vectors here, and so all refuse the same ones, by {@link MalformedVector}:
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
public record VectorStruct(InternalRow struct) implements StoredVector {
  static final int FIELDS = 4;
  static final int TYPE = 0;
  static final int VALUES = 3;

  private static final int SIZE = 1;
  private static final int INDICES = 2;

  public static InternalRow dense(ArrayData values) {
    return new GenericInternalRow(new Object[] {VectorType.DENSE, null, null, values});
  }

  public static InternalRow sparse(int size, ArrayData indices, ArrayData values) {
    return new GenericInternalRow(new Object[] {VectorType.SPARSE, size, indices, values});
  }

  @Override
  public boolean isDense() {
    return VectorType.isDense(type());
  }

  /** The values as they are stored, all of a dense vector. {@link #doubles} reads them. */
  public ArrayData values() {
    if (struct.isNullAt(VALUES)) {
      throw new MalformedVector(VectorFaults.noValues());
    }
    return struct.getArray(VALUES);
  }

  @Override
  public double[] doubles() {
    return doubles(values());
  }

  @Override
  public SparseEntries entries() {
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

  /** Returns whether the type, an index or a value is null. */
  boolean hasNull() {
    return struct.isNullAt(TYPE)
        || !struct.isNullAt(INDICES) && hasNull(struct.getArray(INDICES))
        || !struct.isNullAt(VALUES) && hasNull(struct.getArray(VALUES));
  }

  /**
   * Returns a copy that is read alike: without a null where {@code VectorUDT} declares that there
   * is none.
   */
  InternalRow copy() {
    return new GenericInternalRow(
        new Object[] {
          type(),
          struct.isNullAt(SIZE) ? null : (Object) struct.getInt(SIZE),
          struct.isNullAt(INDICES)
              ? null
              : UnsafeArrayData.fromPrimitiveArray(indices(struct.getArray(INDICES))),
          struct.isNullAt(VALUES)
              ? null
              : UnsafeArrayData.fromPrimitiveArray(doubles(struct.getArray(VALUES)))
        });
  }

  private byte type() {
    return struct.isNullAt(TYPE) ? VectorType.NULL : struct.getByte(TYPE);
  }

  private static int[] indices(ArrayData array) {
    if (!hasNull(array)) {
      return array.toIntArray();
    }
    int[] indices = new int[array.numElements()];
    for (int k = 0; k < indices.length; k++) {
      indices[k] = array.isNullAt(k) ? SparseEntries.NULL_INDEX : array.getInt(k);
    }
    return indices;
  }

  /** Returns a copy of {@code array}; null is NaN. */
  public static double[] doubles(ArrayData array) {
    if (!hasNull(array)) {
      return array.toDoubleArray();
    }
    double[] doubles = new double[array.numElements()];
    for (int j = 0; j < doubles.length; j++) {
      doubles[j] = doubleAt(array, j);
    }
    return doubles;
  }

  /** Element {@code j} of {@code array}; null is NaN. */
  public static double doubleAt(ArrayData array, int j) {
    return array.isNullAt(j) ? Double.NaN : array.getDouble(j);
  }

  private static boolean hasNull(ArrayData array) {
    if (array instanceof UnsafeArrayData unsafe) {
      return hasNullBit(unsafe);
    }
    return ElementNulls.mayBeIn(array) && hasNullElement(array);
  }

  /** The bits of the nulls follow the number of elements, 64 in a word. */
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
