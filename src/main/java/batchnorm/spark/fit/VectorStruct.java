package batchnorm.spark.fit;

import batchnorm.spark.errors.VectorFaults;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.Platform;

/**
 * Spark ML vector in an internal row: struct(type byte, size int, indices array of int, values
 * array of double), the layout of {@code org.apache.spark.ml.linalg.VectorUDT}. Size and indices
 * are null for a dense vector.
 *
 * <p>Other writers may store structs that are not vectors. Every fit and transform reads vectors by
 * this class and rejects the same ones, by {@link MalformedVector}:
 *
 * <ul>
 *   <li>type null, or neither 0 (sparse) nor 1 (dense); values null;
 *   <li>of a sparse vector: size null or negative; indices null or containing null; numbers of
 *       indices and values that differ; an index that is negative, not below the size, or repeated.
 * </ul>
 *
 * <p>A null value is missing, like NaN. Indices may be in any order. Size and indices of a dense
 * vector are ignored, as Spark does.
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

  /** The stored values, which are all values of a dense vector. {@link #doubles} reads them. */
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

  /** Returns an equivalent copy without the nulls that {@code VectorUDT} declares impossible. */
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

  /** Returns a copy of {@code array}; null becomes NaN. */
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

  /** Returns element {@code j} of {@code array}; null becomes NaN. */
  public static double doubleAt(ArrayData array, int j) {
    return array.isNullAt(j) ? Double.NaN : array.getDouble(j);
  }

  private static boolean hasNull(ArrayData array) {
    if (array instanceof UnsafeArrayData unsafe) {
      return hasNullBit(unsafe);
    }
    return ElementNulls.mayBeIn(array) && hasNullElement(array);
  }

  /** Returns whether a null bit is set; the bits follow the number of elements, 64 in a word. */
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
