package batchnorm.spark.columns;

import batchnorm.spark.errors.SessionErrors;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * Session of a dataset. Its settings determine which names are equal and how columns are cast, even
 * if another session, or none, is active in the thread.
 */
public final class DataSession {
  private DataSession() {}

  /**
   * Returns the active session of the thread, else the default one; a stopped session is ignored.
   */
  public static Optional<SparkSession> current() {
    return Stream.of(SparkSession.getActiveSession(), SparkSession.getDefaultSession())
        .filter(Option::isDefined)
        .map(Option::get)
        .filter(DataSession::isRunning)
        .findFirst();
  }

  /** Returns {@link #current()}; throws an error if there is none. */
  public static SparkSession required() {
    return current().orElseThrow(SessionErrors::noSession);
  }

  /** Returns whether the Spark context of {@code session} was not stopped. */
  public static boolean isRunning(SparkSession session) {
    return !session.sparkContext().isStopped();
  }

  /** Throws an error if the session of {@code data} was stopped. */
  public static void requireRunning(Dataset<?> data) {
    if (!isRunning(data.sparkSession())) {
      throw SessionErrors.stoppedData();
    }
  }

  /** Runs {@code action} with the session of {@code data} as the active one. */
  public static <T> T of(Dataset<?> data, Supplier<T> action) {
    Option<SparkSession> before = SparkSession.getActiveSession();
    SparkSession.setActiveSession(data.sparkSession());
    try {
      return action.get();
    } finally {
      if (before.isDefined()) {
        SparkSession.setActiveSession(before.get());
      } else {
        SparkSession.clearActiveSession();
      }
    }
  }
}
