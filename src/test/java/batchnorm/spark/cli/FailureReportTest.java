package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.errors.TransformErrors;
import java.io.IOException;
import org.apache.spark.QueryContext;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.immutable.Map$;

class FailureReportTest {

  @Test
  void errorThatATaskRaisedIsFoundInWhatSparkWrapsAroundIt() {
    SparkException failure =
        new SparkException(
            "Job aborted due to stage failure",
            new SparkException("Task failed while writing rows", TransformErrors.zeroGamma("a")));
    assertEquals(TransformErrors.zeroGamma("a").getMessage(), FailureReport.message(failure));
  }

  @Test
  void ourErrorIsPreferredToItsCauses() {
    IllegalArgumentException ours = OutputErrors.cannotMove("out");
    ours.initCause(new IOException("disk"));
    assertEquals(
        "The finished result cannot be moved to out. Check who may write there.",
        FailureReport.message(ours));
  }

  @Test
  void whatSparkExplainsIsSaidWithWhatItFoundBelow() {
    SparkException failure =
        new SparkException(
            "[FAILED_READ_FILE] Cannot read a.parquet.",
            new IOException("not a Parquet file"),
            Option.apply("FAILED_READ_FILE"),
            Map$.MODULE$.<String, String>empty(),
            new QueryContext[0]);
    assertEquals(
        "[FAILED_READ_FILE] Cannot read a.parquet. (not a Parquet file)",
        FailureReport.message(new SparkException("Job aborted", failure)));
  }

  @Test
  void otherErrorsAreSaidByTheirRootWithTheWayToFindThem() {
    RuntimeException failure =
        new RuntimeException("outer", new IOException("No space\n   left on device"));
    assertEquals(
        "IOException: No space left on device (add --verbose to see where this comes from)",
        FailureReport.message(failure));
  }

  @Test
  void errorWithoutMessageIsSaidByItsName() {
    assertEquals(
        "NullPointerException (add --verbose to see where this comes from)",
        FailureReport.message(new NullPointerException()));
  }

  @Test
  void causesThatGoInACircleEnd() {
    RuntimeException one = new RuntimeException("one");
    RuntimeException two = new RuntimeException("two", one);
    one.initCause(two);
    assertEquals(
        "RuntimeException: two (add --verbose to see where this comes from)",
        FailureReport.message(one));
  }
}
