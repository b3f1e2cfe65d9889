package batchnorm.spark.internal;

import batchnorm.spark.moments.Finite;
import java.util.List;

/** Maps numeric columns, one at a time. */
public final class NumberMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  NumberMapper(SharedMap shared, List<String> columns, boolean strict) {
    super(shared, columns, strict);
  }

  /** Called by generated code. */
  public double apply(double x, int feature) {
    if (isStrict() && !Finite.is(x)) {
      refuse(feature, x);
    }
    return map().apply(feature, x);
  }

  @Override
  String absent() {
    return "Double.NaN";
  }

  @Override
  double applyTo(Object value, int feature) {
    return apply(value == null ? Double.NaN : (Double) value, feature);
  }
}
