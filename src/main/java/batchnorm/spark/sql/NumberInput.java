package batchnorm.spark.sql;

import batchnorm.spark.moments.ExactTotal;
import batchnorm.spark.moments.FixedSums;
import batchnorm.spark.moments.Longs;
import batchnorm.spark.moments.NumberRange;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;

/** Numbers of one type of Spark SQL: how they are read, and the results for them. */
interface NumberInput {
  /** Returns the input for numbers of {@code type}. */
  static NumberInput of(DataType type) {
    if (type instanceof DecimalType decimal) {
      return new DecimalInput(decimal.precision(), decimal.scale());
    }
    boolean isFloating = type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
    return isFloating ? new FloatingInput(type) : new IntegralInput(type);
  }

  NumberRange range();

  /** Adds a number of a row, which is not null. */
  void add(InternalRow row, int column, FixedSums sums, Longs to);

  /** Adds a number, as Spark keeps it in rows. */
  void add(Object number, FixedSums sums, Longs to);

  /** The type of a sum: that of Spark's own {@code sum}. */
  DataType sumType();

  /** The type of a mean: that of Spark's own {@code avg}. */
  DataType meanType();

  /** Returns the sum; empty if it is beyond its type. */
  Optional<Object> sum(ExactTotal total);

  /** Returns the mean; empty if it is beyond its type. */
  Optional<Object> mean(ExactTotal total);

  double variance(ExactTotal total, int correction);
}
