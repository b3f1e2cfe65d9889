package batchnorm.spark.transform;

import batchnorm.spark.fit.DoubleRow;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;

/** Maps arrays of doubles or floats to arrays of the same; a null element stays null. */
public final class ArrayMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  ArrayMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  /** Called by generated code for an array of doubles. */
  public ArrayData applyDoubles(ArrayData array, Coefficients coefficients) {
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

  /** Called by generated code for an array of floats; the arithmetic is that of doubles. */
  public ArrayData applyFloats(ArrayData array, Coefficients coefficients) {
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

  private static ArrayData withNulls(double[] mapped, ArrayData array) {
    Object[] elements = new Object[mapped.length];
    for (int j = 0; j < mapped.length; j++) {
      elements[j] = array.isNullAt(j) ? null : (Object) mapped[j];
    }
    return new GenericArrayData(elements);
  }

  private static ArrayData withNulls(float[] mapped, ArrayData array) {
    Object[] elements = new Object[mapped.length];
    for (int j = 0; j < mapped.length; j++) {
      elements[j] = array.isNullAt(j) ? null : (Object) mapped[j];
    }
    return new GenericArrayData(elements);
  }
}
