package batchnorm.spark.internal;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** Maps elements of a vector to numbers, one at a time. */
public final class ElementMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  ElementMapper(SharedMap shared, List<String> columns, boolean strict) {
    super(shared, columns, strict);
  }

  /** Called by generated code, which types a user-defined type's value as Object. */
  public double apply(Object struct, int j) {
    if (struct == null) {
      refuseAbsent();
    }
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    requireSize(vector.size());
    double x = element(vector, j);
    refuse(j, x);
    return map().apply(j, x);
  }

  @Override
  String absent() {
    return "null";
  }

  @Override
  double applyTo(Object value, int feature) {
    return apply(value, feature);
  }

  private static double element(VectorStruct vector, int j) {
    if (vector.isDense()) {
      return vector.values().getDouble(j);
    }
    int k = Arrays.binarySearch(vector.indices().toIntArray(), j);
    return k < 0 ? 0 : vector.values().getDouble(k);
  }
}
