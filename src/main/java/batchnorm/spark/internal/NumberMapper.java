package batchnorm.spark.internal;

import batchnorm.spark.moments.AffineMap;
import batchnorm.spark.moments.Finite;
import java.util.List;

/** Maps one numeric column. */
public final class NumberMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  private final AffineMap feature;

  NumberMapper(SharedMap shared, List<String> columns, boolean strict) {
    super(shared, columns, strict);
    feature = shared.map();
  }

  /** Called by generated code; a null that is to be refused comes as NaN. */
  public double apply(double x) {
    if (isStrict() && !Finite.is(x)) {
      refuse(0, x);
    }
    return feature.apply(0, x);
  }
}
