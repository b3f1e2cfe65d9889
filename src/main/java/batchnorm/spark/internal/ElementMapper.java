package batchnorm.spark.internal;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/** Reads elements of a vector, one at a time. */
public final class ElementMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  ElementMapper(Maps maps, List<String> columns, boolean strict) {
    super(maps, columns, strict);
  }

  /** Called by generated code, which types a user-defined type's value as Object. */
  public double read(Object struct, int j) {
    if (struct == null) {
      refuseAbsent();
    }
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    requireSize(vector.size());
    double x = element(vector, j);
    refuse(j, x);
    return x;
  }

  @Override
  String absent() {
    return "null";
  }

  @Override
  double readBoxed(Object value, int feature) {
    return read(value, feature);
  }

  private static double element(VectorStruct vector, int j) {
    if (vector.isDense()) {
      return vector.values().getDouble(j);
    }
    int k = Arrays.binarySearch(vector.indices().toIntArray(), j);
    return k < 0 ? 0 : vector.values().getDouble(k);
  }
}
