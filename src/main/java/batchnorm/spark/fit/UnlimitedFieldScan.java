package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.columnar.InMemoryTableScanExec;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;

/**
 * Columnar scan of more columns than {@code spark.sql.codegen.maxFields}, which Spark would read by
 * rows. It is the same scan, planned in another session without the limit. The user's session is
 * not changed.
 */
final class UnlimitedFieldScan {
  private UnlimitedFieldScan() {}

  /** Returns {@code scan} as a columnar scan, if only the limit prevents it from being one. */
  static Optional<SparkPlan> columnar(SparkPlan scan, SparkSession session) {
    if (scan instanceof FileSourceScanExec files && isWide(files.schema(), session)) {
      return Optional.of(under(lifted(session), files));
    }
    // For a cache, Spark checks all its columns, not only those that are read.
    if (scan instanceof InMemoryTableScanExec cached
        && isWide(cached.relation().schema(), session)) {
      return Optional.of(
          lifted(session)
              .withActive(
                  () ->
                      new InMemoryTableScanExec(
                          cached.attributes(), cached.predicates(), cached.relation())));
    }
    return Optional.empty();
  }

  /**
   * Returns the same scan under the settings of another session. Catalyst copies it, since the
   * constructor's parameters depend on Spark's release and vendor.
   */
  private static SparkPlan under(SparkSession session, FileSourceScanExec files) {
    Object[] arguments = new Object[files.productArity()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          files.productElement(i) instanceof HadoopFsRelation relation
              ? ClassicSpark.relation(session, relation)
              : files.productElement(i);
    }
    return files.makeCopy(arguments);
  }

  private static boolean isWide(StructType schema, SparkSession session) {
    return WholeStageCodegenExec.isTooManyFields(session.sessionState().conf(), schema);
  }

  private static SparkSession lifted(SparkSession session) {
    SparkSession clone = ClassicSpark.copyOf(session);
    clone.conf().set(SQLConf.WHOLESTAGE_MAX_NUM_FIELDS().key(), Integer.MAX_VALUE);
    return clone;
  }
}
