package batchnorm.spark;

import static org.apache.spark.sql.functions.expr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.testing.Frames;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns of types that Spark 3.5 does not have. */
class NewTypesTest {
  private static final Dataset<Row> FRAME =
      Frames.doubles(new double[][] {{1, 2}, {3, 4}})
          .withColumn("collated", expr("'x' collate UNICODE_CI"))
          .withColumn("json", expr("parse_json('1')"));

  @ParameterizedTest
  @CsvSource({"collated, string collate UNICODE_CI", "json, variant"})
  void theyMakeNoGroups(String column, String type) {
    assertRefused(
        "Group column '"
            + column
            + "' has type "
            + type
            + "; groupCols takes columns of numbers, strings, booleans, dates and timestamps. Cast it "
            + "first, or take its parts as columns.",
        new BatchNorm().setInputCols("a", "b").setGroupCols(column));
  }

  @ParameterizedTest
  @CsvSource({"collated, string collate UNICODE_CI", "json, variant"})
  void theyAreNoFeatures(String column, String type) {
    assertRefused(
        "Column '"
            + column
            + "' has type "
            + type
            + "; BatchNorm needs a numeric or vector column, and inputCols takes numeric ones. Cast it "
            + "first, or remove it from inputCols; one vector or array goes into inputCol.",
        new BatchNorm().setInputCols("a", column));
  }

  private static void assertRefused(String message, BatchNorm stage) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> stage.fit(FRAME)).getMessage());
  }
}
