package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import scala.Option;

/**
 * Jobs as one execution of a query: the SQL tab shows it, and listeners are notified of its end,
 * such as those of {@code Dataset.observe}.
 */
final class Execution {
  private static final String NAME = "BatchNorm fit";

  private Execution() {}

  static <T> T of(QueryExecution query, Supplier<T> jobs) {
    return SQLExecution.withNewExecutionId(query, Option.apply(NAME), jobs::get);
  }

  /** Calls {@code jobs} with the rows of {@code dataset}; computing these may run jobs as well. */
  static <T> T of(Dataset<Row> dataset, Function<JavaRDD<InternalRow>, T> jobs) {
    QueryExecution query = ClassicSpark.query(dataset);
    return of(query, () -> jobs.apply(query.toRdd().toJavaRDD()));
  }
}
