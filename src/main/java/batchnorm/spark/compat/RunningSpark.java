package batchnorm.spark.compat;

import batchnorm.spark.errors.SessionErrors;
import org.apache.spark.package$;
import scala.util.Properties;

/**
 * The Spark that this library runs on. Every entry point checks that it is one that the jar is
 * built for: on others methods of Spark or Scala are missing, somewhere and later.
 */
public final class RunningSpark {
  private RunningSpark() {}

  /** Requires that this jar is for the Spark that runs. */
  public static void requireOwn() {
    require(package$.MODULE$.SPARK_VERSION(), Properties.versionNumberString());
  }

  /**
   * Requires that this jar is for a version of Spark, as vendors call theirs, too, and of Scala.
   */
  static void require(String spark, String scala) {
    if (!isFor(SparkLine.SPARK, spark) || !isFor(SparkLine.SCALA, scala)) {
      throw SessionErrors.otherSpark(spark, scala, SparkLine.SPARK, SparkLine.SCALA);
    }
  }

  private static boolean isFor(String line, String version) {
    return version.startsWith(line + ".");
  }
}
