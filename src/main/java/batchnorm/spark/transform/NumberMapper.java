package batchnorm.spark.transform;

import batchnorm.spark.moments.Doubles;
import java.util.List;

/** Maps numeric columns of one feature each, to as many double columns or to one dense vector. */
public final class NumberMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  private NumberMapper(Placement placement, List<String> columns, boolean failOnInvalid) {
    super(placement, columns, failOnInvalid);
  }

  static SingleFeatureMapper of(Placement placement, List<String> columns, boolean failOnInvalid) {
    return new NumberMapper(placement, columns, failOnInvalid);
  }

  /** Called by generated code. */
  public double read(double x, int feature) {
    if (failsOnInvalid() && !Doubles.isFinite(x)) {
      refuse(feature, x);
    }
    return x;
  }

  @Override
  double readBoxed(Object value, int feature) {
    return read(value == null ? Double.NaN : (Double) value, feature);
  }
}
