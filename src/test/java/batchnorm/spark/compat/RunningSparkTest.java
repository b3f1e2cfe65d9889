package batchnorm.spark.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunningSparkTest {
  /** Vendors add to the number of the version what they like. */
  @ParameterizedTest
  @CsvSource({"'', .0", ".0, .0.databricks-scala", ".10.1-amzn-0, .16", ".9-SNAPSHOT, .18"})
  void everyVersionOfTheLineIsFine(String spark, String scala) {
    RunningSpark.require(
        SparkLine.SPARK + (spark.isEmpty() ? ".0" : spark), SparkLine.SCALA + scala);
  }

  @Test
  void theSparkOfTheseTestsIsFine() {
    RunningSpark.requireOwn();
  }

  @ParameterizedTest
  @CsvSource({
    "5.0.0, 3.8.1",
    "3.4.4, 2.12.17",
    "40.1.0, 2.13.16",
    "3.50.1, 2.12.18",
    "3.5.2, 2.13.8",
    "4.0.0, 2.12.18"
  })
  void whichSparkRunsAndWhichJarFitsIsSaid(String spark, String scala) {
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> RunningSpark.require(spark, scala));
    assertEquals(
        "Spark "
            + spark
            + " for Scala "
            + scala
            + " runs here; this jar of batchnorm-spark is for Spark "
            + SparkLine.SPARK
            + " and Scala "
            + SparkLine.SCALA
            + ". For Spark 4 (Scala 2.13) use batchnorm-spark-4_2.13, for Spark 3.5 (Scala 2.12) "
            + "batchnorm-spark-3.5_2.12; there is none for other Sparks.",
        refused.getMessage());
  }
}
