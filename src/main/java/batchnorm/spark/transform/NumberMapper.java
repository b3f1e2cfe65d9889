package batchnorm.spark.transform;

import batchnorm.spark.moments.Finite;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.types.DataType;

/** Maps numeric columns, each of one feature: to as many double columns, or to one dense vector. */
public final class NumberMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  private NumberMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  static ColumnMapper of(Placement placement, List<String> columns, boolean strict) {
    return new NumberMapper(placement, columns, strict);
  }

  /** Called by generated code. */
  public double read(double x, int feature) {
    if (isStrict() && !Finite.is(x)) {
      refuse(feature, x);
    }
    return x;
  }

  /** Called by generated code for a column of longs. */
  public long read(long x, int feature) {
    return x;
  }

  /** Called by generated code for null in a column of longs that may have none; never returns. */
  public long refuseNull(int feature) {
    refuse(feature, Double.NaN);
    return 0;
  }

  @Override
  String absent() {
    return "Double.NaN";
  }

  @Override
  double readBoxed(Object value, int feature) {
    return read(value == null ? Double.NaN : (Double) value, feature);
  }

  @Override
  Expression mapped(List<Expression> inputs, Expression place, DataType type) {
    return NumbersExpression.vector(inputs, place, this, type);
  }

  @Override
  Expression finite(List<Expression> inputs) {
    return NumbersExpression.finite(inputs);
  }
}
