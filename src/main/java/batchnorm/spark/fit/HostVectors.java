package batchnorm.spark.fit;

import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.SparkPlan;

/**
 * Plans whose column vectors a JVM can read.
 *
 * <p>Any code can read the vectors that Spark's {@link ColumnarToRowExec} reads. Other projects
 * have their own transitions because Spark's cannot read their columns: Gluten's are in a native
 * engine's memory, RAPIDS' in a GPU's memory.
 *
 * <p>Comet is recognized by class names, since it is not a dependency. Its scans and operators
 * return Spark's vectors or Arrow's (five kinds of {@code CometVector}, including dictionaries).
 * These are off-heap but in this process, and the public methods of {@link
 * org.apache.spark.sql.vectorized.ColumnVector} read them. A batch is valid until the next one is
 * requested.
 */
final class HostVectors {
  private static final String SPARK = "org.apache.spark.sql.execution.";
  private static final String COMET = "org.apache.spark.sql.comet.";

  private HostVectors() {}

  /** Returns whether {@code transition} converts columns that a JVM can read to rows. */
  static boolean areReadBy(SparkPlan transition) {
    return transition.getClass() == ColumnarToRowExec.class || isOf(COMET, transition);
  }

  /**
   * Returns whether {@code scan}, which has no transition to rows, returns columns that a JVM can
   * read.
   */
  static boolean areGivenBy(SparkPlan scan) {
    return isOf(SPARK, scan) || isOf(COMET, scan);
  }

  private static boolean isOf(String prefix, SparkPlan plan) {
    return plan.getClass().getName().startsWith(prefix);
  }
}
