package batchnorm.spark.sql;

import batchnorm.spark.moments.ExactTotal;
import batchnorm.spark.moments.FixedSums;
import batchnorm.spark.moments.Longs;
import batchnorm.spark.moments.NumberRange;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Numbers of type DOUBLE or FLOAT. */
final class FloatingInput implements NumberInput {
  private final boolean isDouble;

  FloatingInput(DataType type) {
    isDouble = type.equals(DataTypes.DoubleType);
  }

  @Override
  public NumberRange range() {
    return isDouble ? NumberRange.DOUBLE : NumberRange.FLOAT;
  }

  @Override
  public void add(InternalRow row, int column, FixedSums sums, Longs to) {
    sums.add(to, isDouble ? row.getDouble(column) : row.getFloat(column));
  }

  @Override
  public void add(Object number, FixedSums sums, Longs to) {
    sums.add(to, ((Number) number).doubleValue());
  }

  @Override
  public DataType sumType() {
    return DataTypes.DoubleType;
  }

  @Override
  public DataType meanType() {
    return DataTypes.DoubleType;
  }

  @Override
  public Optional<Object> sum(ExactTotal total) {
    return Optional.of(total.sum());
  }

  @Override
  public Optional<Object> mean(ExactTotal total) {
    return Optional.of(total.mean());
  }

  @Override
  public double variance(ExactTotal total, int correction) {
    return total.variance(correction);
  }
}
