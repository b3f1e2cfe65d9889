package batchnorm.spark.sql;

import batchnorm.spark.moments.ExactTotal;
import batchnorm.spark.moments.FixedSums;
import batchnorm.spark.moments.NumberRange;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Functions that differ in what they make of the same exact sums. */
enum ExactFunction {
  EXACT_SUM("Returns the exact sum of the values, rounded once."),
  TRY_EXACT_SUM("Returns the exact sum of the values, rounded once, or NULL if it overflows."),
  EXACT_AVG("Returns the exact mean of the values, rounded once."),
  TRY_EXACT_AVG("Returns the exact mean of the values, rounded once, or NULL if it overflows."),
  EXACT_VAR_POP("Returns the exact variance of the values with divisor n, rounded once."),
  EXACT_VAR_SAMP("Returns the exact variance of the values with divisor n - 1, rounded once.");

  private final String text;

  ExactFunction(String text) {
    this.text = text;
  }

  String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }

  String usage() {
    return "_FUNC_(expr) - " + text;
  }

  /** Returns whether a result beyond its type is null also if ANSI mode is on. */
  boolean returnsNullOnOverflow() {
    return this == TRY_EXACT_SUM || this == TRY_EXACT_AVG;
  }

  /** Returns the name of the function that returns null instead of an error. */
  String tolerantName() {
    return returnsNullOnOverflow() ? sqlName() : "try_" + sqlName();
  }

  FixedSums sums(NumberRange range) {
    return isVariance() ? FixedSums.withSquares(range) : FixedSums.withoutSquares(range);
  }

  /** Returns the type of the results for values of a type. */
  DataType resultType(NumberInput input) {
    return switch (this) {
      case EXACT_SUM, TRY_EXACT_SUM -> input.sumType();
      case EXACT_AVG, TRY_EXACT_AVG -> input.meanType();
      case EXACT_VAR_POP, EXACT_VAR_SAMP -> DataTypes.DoubleType;
    };
  }

  /** Returns the fewest values that have a result; fewer give null. */
  int leastCount() {
    return this == EXACT_VAR_SAMP ? 2 : 1;
  }

  /** Returns the result, as Spark keeps it in rows; empty if it is beyond its type. */
  Optional<Object> result(NumberInput input, ExactTotal total) {
    return switch (this) {
      case EXACT_SUM, TRY_EXACT_SUM -> input.sum(total);
      case EXACT_AVG, TRY_EXACT_AVG -> input.mean(total);
      case EXACT_VAR_POP -> Optional.of(input.variance(total, 0));
      case EXACT_VAR_SAMP -> Optional.of(input.variance(total, 1));
    };
  }

  private boolean isVariance() {
    return this == EXACT_VAR_POP || this == EXACT_VAR_SAMP;
  }
}
