package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.NO_SESSION;
import static batchnorm.spark.errors.ErrorCondition.UNSUPPORTED_SPARK;
import static batchnorm.spark.errors.ErrorText.stateError;

/** Errors of the Spark session, and of the version of Spark. */
public final class SessionErrors {
  private SessionErrors() {}

  public static BatchNormIllegalStateException noSession() {
    return stateError(
        NO_SESSION,
        "There is no Spark session that runs; expected one. Create it first, with "
            + "SparkSession.builder().getOrCreate().");
  }

  public static BatchNormIllegalStateException stoppedData() {
    return stateError(
        NO_SESSION,
        "The Spark session of the data is stopped; expected one that runs. Read the data again in a "
            + "session that runs.");
  }

  public static BatchNormIllegalStateException otherSpark(
      String spark, String scala, String jarSpark, String jarScala) {
    return stateError(
        UNSUPPORTED_SPARK,
        "Spark %s for Scala %s runs here; this jar of batchnorm-spark is for Spark %s and Scala %s. "
            + "For Spark 4 (Scala 2.13) use batchnorm-spark-4_2.13, for Spark 3.5 (Scala 2.12) "
            + "batchnorm-spark-3.5_2.12; there is none for other Sparks.",
        spark,
        scala,
        jarSpark,
        jarScala);
  }
}
