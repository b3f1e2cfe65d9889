package batchnorm.spark.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * End of a command by Ctrl-C or a signal to terminate. It says what has been written, cancels
 * Spark's jobs, and gives the command time to delete output that is not complete. The exit code is
 * Java's: 128 and the number of the signal.
 */
final class Interruption {
  private static final long SECONDS_TO_CLEAN = 10;

  private final PrintWriter err;
  private final Outcome outcome;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "interruption");

  /** Waits for a signal until the command has ended. */
  Interruption(PrintWriter err, Outcome outcome) {
    this.err = err;
    this.outcome = outcome;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupt() {
    err.println(FailureReport.PREFIX + outcome.interrupt());
    err.flush();
    cancelJobs();
    try {
      ended.await(SECONDS_TO_CLEAN, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void cancelJobs() {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isDefined()) {
      try {
        session.get().sparkContext().cancelAllJobs();
      } catch (RuntimeException e) {
        // Spark hears of the signal at the same time, and may be stopping: its jobs end by that.
      }
    }
  }

  /** Notes that the command has ended, or has cleaned up after a signal. */
  void commandEnded() {
    ended.countDown();
    if (!outcome.isInterrupted()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // A signal has come since; the hook tells what is there.
      }
    }
  }
}
