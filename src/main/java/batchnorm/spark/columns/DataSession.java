package batchnorm.spark.columns;

import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * The session of a dataset, whose settings say which names are equal and how columns are cast,
 * whichever session is the active one of the thread, if any is.
 */
public final class DataSession {
  private DataSession() {}

  /** Makes the session of {@code data} the active one while {@code action} runs. */
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
