package batchnorm.spark.fit;

import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.SparkPlan;

/**
 * The plans whose columns lie in memory that a JVM reads.
 *
 * <p>Vectors that Spark's own {@link ColumnarToRowExec} reads row by row can be read by any code.
 * Other projects have transitions of their own because Spark's cannot read their columns: those of
 * Gluten are in memory of a native engine, those of RAPIDS in memory of a GPU.
 *
 * <p>Comet is known by name, since it is on no class path of ours. Whatever its plans give, scans
 * and operators, is in vectors of Spark or of Arrow (five kinds of {@code CometVector},
 * dictionaries among them), outside the heap but in this process, and read by the public methods of
 * {@link org.apache.spark.sql.vectorized.ColumnVector}. A batch lasts until the next is asked for.
 */
final class HostVectors {
  private static final String SPARK = "org.apache.spark.sql.execution.";
  private static final String COMET = "org.apache.spark.sql.comet.";

  private HostVectors() {}

  /** Returns whether {@code transition} makes rows of columns that a JVM reads. */
  static boolean areReadBy(SparkPlan transition) {
    return transition.getClass() == ColumnarToRowExec.class || isOf(COMET, transition);
  }

  /** Returns whether {@code scan}, which nothing makes rows of, gives columns that a JVM reads. */
  static boolean areGivenBy(SparkPlan scan) {
    return isOf(SPARK, scan) || isOf(COMET, scan);
  }

  private static boolean isOf(String prefix, SparkPlan plan) {
    return plan.getClass().getName().startsWith(prefix);
  }
}
