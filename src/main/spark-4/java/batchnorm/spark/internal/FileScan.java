package batchnorm.spark.internal;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;

/** A scan of files. Of Spark 4 its constructor takes the stream that it may be part of. */
final class FileScan {
  private FileScan() {}

  /** Returns the same scan under the settings of another session. */
  static SparkPlan under(SparkSession session, FileSourceScanExec files) {
    HadoopFsRelation relation = files.relation();
    return new FileSourceScanExec(
        new HadoopFsRelation(
            relation.location(),
            relation.partitionSchema(),
            relation.dataSchema(),
            relation.bucketSpec(),
            relation.fileFormat(),
            relation.options(),
            (org.apache.spark.sql.classic.SparkSession) session),
        files.stream(),
        files.output(),
        files.requiredSchema(),
        files.partitionFilters(),
        files.optionalBucketSet(),
        files.optionalNumCoalescedBuckets(),
        files.dataFilters(),
        files.tableIdentifier(),
        files.disableBucketedScan());
  }
}
