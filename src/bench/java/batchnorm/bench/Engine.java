package batchnorm.bench;

import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** The Sparks that cases run on; one is stopped before the next starts. */
enum Engine {
  SPARK(Map.of()),
  /** Spark with Delta, and with a catalog {@code ice} of Iceberg tables. */
  TABLES(
      Map.of(
          "spark.sql.extensions",
          "io.delta.sql.DeltaSparkSessionExtension,"
              + "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
          "spark.sql.catalog.spark_catalog",
          "org.apache.spark.sql.delta.catalog.DeltaCatalog",
          "spark.sql.catalog.ice",
          "org.apache.iceberg.spark.SparkCatalog",
          "spark.sql.catalog.ice.type",
          "hadoop",
          "spark.sql.catalog.ice.warehouse",
          BenchData.DIRECTORY.resolve("ice").toString())),
  /** Spark with DataFusion Comet, which runs the operators that it supports. */
  COMET(
      Map.of(
          "spark.plugins",
          "org.apache.spark.CometPlugin",
          "spark.shuffle.manager",
          "org.apache.spark.sql.comet.execution.shuffle.CometShuffleManager",
          "spark.comet.nativeLoadRequired",
          "true",
          "spark.comet.scan.unsignedSmallIntSafetyCheck",
          "false",
          "spark.memory.offHeap.enabled",
          "true",
          "spark.memory.offHeap.size",
          "2g"));

  private final Map<String, String> settings;

  Engine(Map<String, String> settings) {
    this.settings = settings;
  }

  SparkSession start(int threads) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[" + threads + "]")
            .appName("batchnorm-spark bench")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.warehouse.dir", BenchData.DIRECTORY.resolve("warehouse").toString());
    settings.forEach(builder::config);
    return builder.getOrCreate();
  }
}
