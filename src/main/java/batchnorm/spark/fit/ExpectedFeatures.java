package batchnorm.spark.fit;

import batchnorm.spark.compat.ScalaSeq;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.PartitioningAwareFileIndex;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Expected number of features of the vectors or arrays of a scan, read from the footer of its first
 * file. For very wide rows this saves reading the first batch of every partition, which may be the
 * whole partition.
 */
final class ExpectedFeatures {
  private static final Logger LOG = LoggerFactory.getLogger(ExpectedFeatures.class);

  private ExpectedFeatures() {}

  /** Returns the number of features of {@code column}; 0 if no footer contains it. */
  static long of(SparkPlan scan, String column, SparkSession session) {
    try {
      if (scan instanceof FileSourceScanExec files
          && isOfParquet(files.relation())
          && files.relation().location() instanceof PartitioningAwareFileIndex index) {
        Iterator<FileStatus> listed = ScalaSeq.list(index.allFiles()).iterator();
        return listed.hasNext()
            ? ParquetFooter.features(listed.next(), column, session.sessionState().newHadoopConf())
            : 0;
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      // Reading the rows will give the number, or the error in the file.
      LOG.debug("The footer does not contain the number of features", e);
    }
    return 0;
  }

  private static boolean isOfParquet(HadoopFsRelation relation) {
    return relation.fileFormat() instanceof ParquetFileFormat;
  }
}
