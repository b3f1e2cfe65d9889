package batchnorm.spark.compat;

import batchnorm.spark.errors.SessionErrors;
import org.apache.spark.package$;
import scala.util.Properties;

/**
 * Spark on which this library runs. Every entry point checks that the jar is built for it:
 * otherwise a method of Spark or Scala would be found missing later.
 */
public final class RunningSpark {
  private RunningSpark() {}

  /** Requires that this jar is for the running Spark. */
  public static void requireOwn() {
    require(package$.MODULE$.SPARK_VERSION(), Properties.versionNumberString());
  }

  /**
   * Requires that this jar is for these versions of Spark, which may be a vendor's, and of Scala.
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
