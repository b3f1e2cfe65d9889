package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.errors.BatchNormException;
import batchnorm.spark.errors.ErrorCondition;
import batchnorm.spark.testing.Frames;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** Errors of a task reach the caller of an action as they are, which Spark does from 4.0 on. */
class TaskErrorsTest {
  private final Dataset<Row> frame = Frames.doubles(new double[][] {{1, 2}, {3, 4}, {5, 7}});

  @Test
  void aMissingValueIsTheErrorOfTheAction() {
    BatchNormModel model = new BatchNorm().setInputCols("a", "b").setOutputCol("out").fit(frame);
    Dataset<Row> missing = frame.withColumn("b", functions.expr("if(a > 4, double('NaN'), b)"));
    assertTold(
        ErrorCondition.INVALID_VALUES,
        "Column 'b' has a missing value (null or NaN); handleInvalid is 'error'. Set handleInvalid "
            + "to 'skip' to drop such rows or to 'keep' to keep them missing, or clean the data.",
        model.transform(missing));
  }

  @Test
  void anUnseenGroupIsTheErrorOfTheAction() {
    Dataset<Row> groups = frame.withColumn("g", functions.lit("fitted"));
    BatchNormModel model =
        new BatchNorm().setInputCols("a").setOutputCols("a").setGroupCols("g").fit(groups);
    assertTold(
        ErrorCondition.UNSEEN_GROUP,
        "Group g=other was not fitted on; unseenGroup is 'error'. Set unseenGroup to 'global' "
            + "to use the statistics of all rows or to 'null' to write null, or fit a model on this "
            + "data.",
        model.transform(frame.withColumn("g", functions.lit("other"))));
  }

  private static void assertTold(ErrorCondition condition, String text, Dataset<Row> transformed) {
    BatchNormException error = assertThrows(BatchNormException.class, transformed::collectAsList);
    assertEquals(text, error.getMessage());
    assertEquals(condition, error.condition());
    assertEquals("BATCHNORM_" + condition, ((SparkThrowable) error).getCondition());
    assertEquals(text, ((SparkThrowable) error).getMessageParameters().get("message"));
  }
}
