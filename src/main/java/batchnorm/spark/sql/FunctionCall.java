package batchnorm.spark.sql;

import batchnorm.spark.compat.SparkErrors;
import java.io.Serializable;
import org.apache.spark.sql.catalyst.trees.CurrentOrigin;
import org.apache.spark.sql.catalyst.trees.Origin;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;

/**
 * Function as a query calls it. Two calls are equal if they give the same results.
 *
 * @param isAnsi true if a result beyond its type is an error, false if it is null
 * @param place the place in the query, which an error shows; Spark does not send the place of an
 *     expression to executors
 */
record FunctionCall(ExactFunction function, boolean isAnsi, Origin place) implements Serializable {
  /** Returns a call at the place in the query that is analyzed, with its setting of ANSI mode. */
  static FunctionCall of(ExactFunction function) {
    boolean isAnsi = !function.returnsNullOnOverflow() && SQLConf.get().ansiEnabled();
    return new FunctionCall(function, isAnsi, isAnsi ? CurrentOrigin.get() : null);
  }

  /** Returns null for a result beyond its type, or throws an error. */
  Object overflow(DataType input, DataType result) {
    if (!isAnsi) {
      return null;
    }
    throw SparkErrors.overflow(
        place,
        function.sqlName() + " of " + input.sql() + " overflows " + result.sql(),
        function.tolerantName());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FunctionCall that && function == that.function && isAnsi == that.isAnsi;
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + Boolean.hashCode(isAnsi);
  }
}
