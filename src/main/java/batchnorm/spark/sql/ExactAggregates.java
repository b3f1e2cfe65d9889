package batchnorm.spark.sql;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.RunningSpark;
import org.apache.spark.sql.SparkSession;

/**
 * Aggregate functions of Spark SQL with the result of exact arithmetic, rounded once: {@code
 * exact_sum}, {@code exact_avg}, {@code exact_var_pop} and {@code exact_var_samp}, and {@code
 * try_exact_sum} and {@code try_exact_avg}, which return null where a result is beyond its type.
 * Their results have the same bits however the rows are partitioned and ordered.
 *
 * <pre>{@code
 * ExactAggregates.register(spark);
 * spark.sql("SELECT id % 3 g, exact_sum(id / 10) FROM range(100) GROUP BY g").show();
 * }</pre>
 */
public final class ExactAggregates {
  private ExactAggregates() {}

  /**
   * Adds the functions to a session. Functions of the same names are replaced.
   *
   * @param session a session of this JVM, not one of Spark Connect, whose server needs {@link
   *     ExactAggregatesExtension}
   */
  @SuppressWarnings("unchecked")
  public static void register(SparkSession session) {
    RunningSpark.requireOwn();
    for (ExactFunction function : ExactFunction.values()) {
      FunctionBuilder builder = new FunctionBuilder(function);
      // Which identifier a function has is up to Spark: 4.3 has the namespace of the session in it.
      ClassicSpark.functions(session)
          .createOrReplaceTempFunction(
              function.sqlName(), builder.forRegistry(), FunctionBuilder.SOURCE);
    }
  }
}
