package batchnorm.spark.internal;

import java.util.List;

/** Maps one numeric column. */
public final class NumberMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  NumberMapper(SharedMap shared, List<String> columns, boolean strict) {
    super(shared, columns, strict);
  }

  /** Called by generated code; a null that is to be refused comes as NaN. */
  public double apply(double x) {
    refuse(0, x);
    return map().apply(0, x);
  }
}
