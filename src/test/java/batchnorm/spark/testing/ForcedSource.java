package batchnorm.spark.testing;

import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** The setting that makes fits and transforms read data in one form. */
public final class ForcedSource {
  private static final String SETTING = "spark.batchnorm.source";

  private ForcedSource() {}

  /** Calls {@code action} while the session has the setting. */
  public static <T> T with(SparkSession session, String source, Supplier<T> action) {
    session.conf().set(SETTING, source);
    try {
      return action.get();
    } finally {
      session.conf().unset(SETTING);
    }
  }
}
