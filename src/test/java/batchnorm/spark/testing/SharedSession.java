package batchnorm.spark.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.ShutdownHookManager;

/**
 * The one local session of all tests in a JVM: starting one takes seconds, sharing one takes none.
 * Whoever changes its configuration puts it back.
 */
public final class SharedSession {
  private SharedSession() {}

  /** Returns the session; the first call starts it. */
  public static SparkSession get() {
    return Holder.SESSION;
  }

  /**
   * Returns a session with settings and extensions of its own, beside the shared one; they share
   * the Spark context.
   */
  public static SparkSession beside(SparkSession.Builder other) {
    SparkSession shared = get();
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    try {
      return other.getOrCreate();
    } finally {
      SparkSession.setActiveSession(shared);
      SparkSession.setDefaultSession(shared);
    }
  }

  /** Holder whose initialization starts the session once, on first use. */
  private static final class Holder {
    static final SparkSession SESSION = start();

    private static SparkSession start() {
      SparkSession session =
          SparkSession.builder()
              .master("local[2]")
              .appName("batchnorm-spark tests")
              .config("spark.ui.enabled", false)
              .config("spark.sql.shuffle.partitions", 2)
              // Each query describes its plan for the page that nobody opens.
              .config("spark.sql.ui.explainMode", "simple")
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.sql.warehouse.dir", warehouse().toUri().toString())
              .getOrCreate();
      return session;
    }

    private static Path warehouse() {
      try {
        Path directory = Files.createTempDirectory("batchnorm-warehouse");
        ShutdownHookManager.registerShutdownDeleteDir(directory.toFile());
        return directory;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
