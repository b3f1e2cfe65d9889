package batchnorm.spark.internal;

import batchnorm.spark.moments.Finite;
import java.util.List;

/** Reads numeric columns, one at a time. */
public final class NumberMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  NumberMapper(Maps maps, List<String> columns, boolean strict) {
    super(maps, columns, strict);
  }

  /** Called by generated code. */
  public double read(double x, int feature) {
    if (isStrict() && !Finite.is(x)) {
      refuse(feature, x);
    }
    return x;
  }

  @Override
  String absent() {
    return "Double.NaN";
  }

  @Override
  double readBoxed(Object value, int feature) {
    return read(value == null ? Double.NaN : (Double) value, feature);
  }
}
