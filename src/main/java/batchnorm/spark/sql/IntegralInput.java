package batchnorm.spark.sql;

import batchnorm.spark.moments.ExactTotal;
import batchnorm.spark.moments.FixedSums;
import batchnorm.spark.moments.Longs;
import batchnorm.spark.moments.NumberRange;
import java.math.BigInteger;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Numbers of type BIGINT, INT, SMALLINT or TINYINT. A BIGINT beyond 2^53 counts as itself. */
final class IntegralInput implements NumberInput {
  private final int bytes;

  IntegralInput(DataType type) {
    bytes = type.defaultSize();
  }

  @Override
  public NumberRange range() {
    return NumberRange.LONG;
  }

  @Override
  public void add(InternalRow row, int column, FixedSums sums, Longs to) {
    sums.add(
        to,
        switch (bytes) {
          case Long.BYTES -> row.getLong(column);
          case Integer.BYTES -> row.getInt(column);
          case Short.BYTES -> row.getShort(column);
          default -> row.getByte(column);
        });
  }

  @Override
  public void add(Object number, FixedSums sums, Longs to) {
    sums.add(to, ((Number) number).longValue());
  }

  @Override
  public DataType sumType() {
    return DataTypes.LongType;
  }

  @Override
  public DataType meanType() {
    return DataTypes.DoubleType;
  }

  @Override
  public Optional<Object> sum(ExactTotal total) {
    BigInteger sum = total.integerSum();
    return sum.bitLength() < Long.SIZE ? Optional.of(sum.longValue()) : Optional.empty();
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
