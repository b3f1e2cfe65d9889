package batchnorm.spark.sql;

import batchnorm.spark.moments.ExactTotal;
import batchnorm.spark.moments.FixedSums;
import batchnorm.spark.moments.Longs;
import batchnorm.spark.moments.NumberRange;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;

/** Numbers of type DECIMAL, summed as integers that count {@code 10^-scale}. */
final class DecimalInput implements NumberInput {
  private static final int DIGITS_OF_SUM = 10;
  private static final int DIGITS_OF_MEAN = 4;

  private final int precision;
  private final int scale;

  DecimalInput(int precision, int scale) {
    this.precision = precision;
    this.scale = scale;
  }

  @Override
  public NumberRange range() {
    return NumberRange.DECIMAL;
  }

  @Override
  public void add(InternalRow row, int column, FixedSums sums, Longs to) {
    add(row.getDecimal(column, precision, scale), sums, to);
  }

  @Override
  public void add(Object number, FixedSums sums, Longs to) {
    Decimal decimal = (Decimal) number;
    if (precision <= Decimal.MAX_LONG_DIGITS() && decimal.scale() == scale) {
      sums.add(to, decimal.toUnscaledLong());
    } else {
      sums.add(to, decimal.toJavaBigDecimal().setScale(scale).unscaledValue());
    }
  }

  @Override
  public DecimalType sumType() {
    return wider(DIGITS_OF_SUM, 0);
  }

  @Override
  public DecimalType meanType() {
    return wider(DIGITS_OF_MEAN, DIGITS_OF_MEAN);
  }

  @Override
  public Optional<Object> sum(ExactTotal total) {
    return decimal(sumOf(total), sumType());
  }

  @Override
  public Optional<Object> mean(ExactTotal total) {
    DecimalType type = meanType();
    return decimal(
        sumOf(total).divide(BigDecimal.valueOf(total.count()), type.scale(), RoundingMode.HALF_UP),
        type);
  }

  @Override
  public double variance(ExactTotal total, int correction) {
    return total.variance(correction, scale);
  }

  private BigDecimal sumOf(ExactTotal total) {
    return new BigDecimal(total.integerSum(), scale);
  }

  private DecimalType wider(int digits, int fraction) {
    return new DecimalType(
        Math.min(precision + digits, DecimalType.MAX_PRECISION()),
        Math.min(scale + fraction, DecimalType.MAX_SCALE()));
  }

  private static Optional<Object> decimal(BigDecimal number, DecimalType type) {
    return number.precision() <= type.precision()
        ? Optional.of(Decimal.apply(number, type.precision(), type.scale()))
        : Optional.empty();
  }
}
