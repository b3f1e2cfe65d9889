package batchnorm.spark.transform;

import batchnorm.spark.fit.MalformedVector;
import batchnorm.spark.fit.SparseEntries;
import batchnorm.spark.fit.VectorStruct;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** Reads elements of a vector, one at a time. */
public final class ElementMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  ElementMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  /** Called by generated code, which types a user-defined type's value as Object. */
  public double read(Object struct, int j) {
    if (struct == null) {
      refuseAbsent();
    }
    double x = element(new VectorStruct((InternalRow) struct), j);
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

  private double element(VectorStruct vector, int j) {
    try {
      if (vector.isDense()) {
        ArrayData values = vector.values();
        requireSize(values.numElements());
        return VectorStruct.doubleAt(values, j);
      }
      SparseEntries entries = vector.entries();
      requireSize(entries.size());
      return entries.value(j);
    } catch (MalformedVector e) {
      throw malformed(e);
    }
  }
}
