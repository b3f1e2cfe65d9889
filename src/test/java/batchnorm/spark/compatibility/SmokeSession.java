package batchnorm.spark.compatibility;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The session of the smoke tests, which are programs of their own. */
final class SmokeSession {
  private SmokeSession() {}

  /**
   * Returns the settings that all have; what Spark writes of its own goes to {@code folder}. The
   * master is that of spark-submit, if it runs the program.
   */
  static SparkSession.Builder builder(Path folder) {
    return SparkSession.builder()
        .master(System.getProperty("spark.master", "local[2]"))
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toUri().toString());
  }
}
