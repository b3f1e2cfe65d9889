package batchnorm.spark.fit;

import java.util.function.Supplier;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import scala.Option;

/**
 * Jobs as one execution of a query: the SQL tab shows it, and listeners are told when it ends, such
 * as those that {@code Dataset.observe} waits for.
 */
final class Execution {
  private static final String NAME = "BatchNorm fit";

  private Execution() {}

  static <T> T of(QueryExecution query, Supplier<T> jobs) {
    return SQLExecution.withNewExecutionId(query, Option.apply(NAME), jobs::get);
  }
}
