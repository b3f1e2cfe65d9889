package batchnorm.spark.testing;

import io.delta.sql.DeltaSparkSessionExtension;
import java.nio.file.Path;
import org.apache.iceberg.spark.SparkCatalog;
import org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.catalog.DeltaCatalog;

/** A session with Delta, and with a catalog {@code ice} of Iceberg tables. */
public final class TableSession {
  private TableSession() {}

  /** Returns a session of its own, since the formats extend Spark's SQL; it shares the context. */
  public static SparkSession create(Path directory) {
    return SharedSession.beside(
        SparkSession.builder()
            .withExtensions(new DeltaSparkSessionExtension())
            .withExtensions(new IcebergSparkSessionExtensions())
            .config("spark.sql.catalog.spark_catalog", DeltaCatalog.class.getName())
            .config("spark.sql.catalog.ice", SparkCatalog.class.getName())
            .config("spark.sql.catalog.ice.type", "hadoop")
            .config("spark.sql.catalog.ice.warehouse", directory.resolve("ice").toString())
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.ui.explainMode", "simple")
            // Otherwise Delta reads the log of each table in 50 tasks.
            // A vacuum lists folders with so many tasks, by default 10,000.
            .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", 2)
            .config("spark.databricks.delta.snapshotPartitions", 1));
  }
}
