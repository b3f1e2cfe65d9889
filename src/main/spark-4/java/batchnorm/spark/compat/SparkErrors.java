package batchnorm.spark.compat;

import org.apache.spark.QueryContext;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.catalyst.trees.Origin;
import org.apache.spark.sql.catalyst.trees.SQLQueryContext;
import org.apache.spark.sql.errors.QueryExecutionErrors;

/** Kinds of Spark's errors. Before Spark 4, an error's condition was called its class. */
public final class SparkErrors {
  private SparkErrors() {}

  /** Returns whether Spark explains this error to users: it has a condition. */
  public static boolean isExplained(Throwable error) {
    return error instanceof SparkThrowable spark && spark.getCondition() != null;
  }

  /** Returns whether a block of a local checkpoint is lost. */
  public static boolean isOfLostCheckpoint(Throwable error) {
    return error instanceof SparkThrowable spark
        && "CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND".equals(spark.getCondition());
  }

  /**
   * Returns the error of a result beyond its type.
   *
   * @param place the place of the call in the query
   * @param tolerant the name of the function that returns null instead
   */
  public static ArithmeticException overflow(Origin place, String text, String tolerant) {
    QueryContext context = place.context();
    boolean isKnown = !(context instanceof SQLQueryContext sql) || sql.isValid();
    return QueryExecutionErrors.arithmeticOverflowError(text, tolerant, isKnown ? context : null);
  }
}
