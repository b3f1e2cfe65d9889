package batchnorm.spark.transform;

import batchnorm.spark.moments.Finite;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;

/**
 * Maps arrays of floats to arrays of the same; a null element stays null. The arithmetic is that of
 * doubles.
 */
public final class FloatArrayMapper extends ColumnMapper {
  private static final long serialVersionUID = 1L;

  private FloatArrayMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  static ColumnMapper of(Placement placement, List<String> columns, boolean strict) {
    return new FloatArrayMapper(placement, columns, strict);
  }

  /** Called by generated code. */
  public ArrayData apply(ArrayData array, Coefficients coefficients) {
    if (array == null) {
      refuseAbsent();
      return null;
    }
    requireSize(array.numElements());
    float[] mapped = new float[size()];
    boolean anyNull = false;
    for (int j = 0; j < mapped.length; j++) {
      boolean isNull = array.isNullAt(j);
      anyNull |= isNull;
      float x = isNull ? Float.NaN : array.getFloat(j);
      refuse(j, x);
      mapped[j] = (float) coefficients.image(j, x);
    }
    return anyNull ? withNulls(mapped, array) : UnsafeArrayData.fromPrimitiveArray(mapped);
  }

  private static ArrayData withNulls(float[] mapped, ArrayData array) {
    Object[] elements = new Object[mapped.length];
    for (int j = 0; j < mapped.length; j++) {
      elements[j] = array.isNullAt(j) ? null : (Object) mapped[j];
    }
    return new GenericArrayData(elements);
  }

  /** Called by generated code. */
  public boolean isFinite(ArrayData array) {
    if (array == null) {
      return false;
    }
    for (int j = 0; j < array.numElements(); j++) {
      if (array.isNullAt(j) || !Finite.is(array.getFloat(j))) {
        return false;
      }
    }
    return true;
  }
}
