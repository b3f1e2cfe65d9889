package batchnorm.spark.transform;

import batchnorm.spark.fit.DoubleRow;
import batchnorm.spark.moments.Finite;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;

/** Maps arrays of doubles to arrays of the same; a null element stays null. */
public final class DoubleArrayMapper extends ColumnMapper {
  private static final long serialVersionUID = 1L;

  private DoubleArrayMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  static ColumnMapper of(Placement placement, List<String> columns, boolean strict) {
    return new DoubleArrayMapper(placement, columns, strict);
  }

  /** Called by generated code. */
  public ArrayData apply(ArrayData array, Coefficients coefficients) {
    if (array == null) {
      refuseAbsent();
      return null;
    }
    requireSize(array.numElements());
    int size = size();
    int offset = DoubleRow.offset(size);
    double[] words = DoubleRow.allocate(size);
    boolean anyNull = false;
    for (int j = 0; j < size; j++) {
      boolean isNull = array.isNullAt(j);
      anyNull |= isNull;
      double x = isNull ? Double.NaN : array.getDouble(j);
      refuse(j, x);
      words[offset + j] = coefficients.image(j, x);
    }
    UnsafeArrayData mapped = DoubleRow.array(words);
    return anyNull ? withNulls(mapped.toDoubleArray(), array) : mapped;
  }

  private static ArrayData withNulls(double[] mapped, ArrayData array) {
    Object[] elements = new Object[mapped.length];
    for (int j = 0; j < mapped.length; j++) {
      elements[j] = array.isNullAt(j) ? null : (Object) mapped[j];
    }
    return new GenericArrayData(elements);
  }

  /** Called by generated code. */
  public boolean isFinite(ArrayData array) {
    return array != null && areFinite(array);
  }

  /** Returns whether all elements of an array of doubles are there and finite. */
  static boolean areFinite(ArrayData doubles) {
    for (int j = 0; j < doubles.numElements(); j++) {
      if (doubles.isNullAt(j) || !Finite.is(doubles.getDouble(j))) {
        return false;
      }
    }
    return true;
  }
}
