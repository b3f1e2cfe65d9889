package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.errors.FitErrors;
import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.errors.SavedModelErrors;
import java.io.IOException;
import org.apache.commons.lang3.SerializationUtils;
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
            new SparkException("Task failed while writing rows", FitErrors.emptyVectors("a")));
    assertEquals(FitErrors.emptyVectors("a").getMessage(), FailureReport.message(failure));
  }

  /** A JVM may leave out stack traces: -XX:-StackTraceInThrowable, or what it throws often. */
  @Test
  void errorsOfOursAreKnownWithoutAStackTrace() {
    RuntimeException ours = FitErrors.emptyVectors("a");
    ours.setStackTrace(new StackTraceElement[0]);
    assertEquals(ours.getMessage(), FailureReport.message(new SparkException("Aborted", ours)));
  }

  /** The task that failed may have run in another JVM. */
  @Test
  void errorsOfOursAreKnownAfterTheirWayToTheDriver() {
    RuntimeException ours = SavedModelErrors.savedBeside("m", "m.new");
    assertEquals(
        ours.getMessage(),
        FailureReport.message(new SparkException("Aborted", SerializationUtils.roundtrip(ours))));
  }

  /** An error is not ours by who made it alone. */
  @Test
  void otherErrorsThatTheirMakersPassThroughOursStayOthers() {
    assertEquals(
        "IllegalArgumentException: theirs (add --verbose to see where this comes from)",
        FailureReport.message(madeAmongErrors(new IllegalArgumentException("theirs"))));
  }

  private static Throwable madeAmongErrors(Throwable theirs) {
    theirs.setStackTrace(FitErrors.emptyVectors("a").getStackTrace());
    return theirs;
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
