package batchnorm.spark.transform;

import batchnorm.spark.fit.DoubleRow;
import batchnorm.spark.moments.Doubles;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;

/**
 * Maps arrays of doubles or floats to arrays of the same type; a null element stays null. The
 * arithmetic uses doubles.
 */
public final class ArrayMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  private final boolean ofFloats;

  private ArrayMapper(
      Placement placement, List<String> columns, boolean failOnInvalid, boolean ofFloats) {
    super(placement, columns, failOnInvalid);
    this.ofFloats = ofFloats;
  }

  static FeatureMapper ofDoubles(Placement placement, List<String> columns, boolean failOnInvalid) {
    return new ArrayMapper(placement, columns, failOnInvalid, false);
  }

  static FeatureMapper ofFloats(Placement placement, List<String> columns, boolean failOnInvalid) {
    return new ArrayMapper(placement, columns, failOnInvalid, true);
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
      anyNull |= array.isNullAt(j);
      double x = element(array, j, ofFloats);
      refuse(j, x);
      words[offset + j] = coefficients.image(j, x);
    }
    UnsafeArrayData images = DoubleRow.array(words);
    if (anyNull) {
      return withNulls(images, array);
    }
    return ofFloats ? UnsafeArrayData.fromPrimitiveArray(floats(images)) : images;
  }

  private static double element(ArrayData array, int j, boolean ofFloats) {
    if (array.isNullAt(j)) {
      return Double.NaN;
    }
    return ofFloats ? array.getFloat(j) : array.getDouble(j);
  }

  private static float[] floats(ArrayData images) {
    float[] floats = new float[images.numElements()];
    for (int j = 0; j < floats.length; j++) {
      floats[j] = (float) images.getDouble(j);
    }
    return floats;
  }

  private ArrayData withNulls(ArrayData images, ArrayData array) {
    Object[] elements = new Object[images.numElements()];
    for (int j = 0; j < elements.length; j++) {
      if (!array.isNullAt(j)) {
        double image = images.getDouble(j);
        elements[j] = ofFloats ? (Object) (float) image : (Object) image;
      }
    }
    return new GenericArrayData(elements);
  }

  /** Called by generated code. */
  public boolean isFinite(ArrayData array) {
    return array != null && areFinite(array, ofFloats);
  }

  /** Returns whether all elements of an array of doubles are non-null and finite. */
  static boolean areFinite(ArrayData doubles) {
    return areFinite(doubles, false);
  }

  private static boolean areFinite(ArrayData array, boolean ofFloats) {
    for (int j = 0; j < array.numElements(); j++) {
      if (!Doubles.isFinite(element(array, j, ofFloats))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && ofFloats == ((ArrayMapper) other).ofFloats;
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
