package batchnorm.spark.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import scala.Function1;

/**
 * Running jobs, persisted RDDs, blocks, shuffle files and threads that a piece of work leaves
 * behind.
 */
public final class Remains {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Daemon threads that must end; the others are of pools that Spark grows when it needs to. */
  private static final Pattern OF_STREAMS = Pattern.compile("stream execution thread");

  /** Threads of the test itself. */
  private static final Pattern OF_TESTS = Pattern.compile("pool-");

  private final SparkSession session;
  private final Set<String> before;

  private Remains(SparkSession session) {
    this.session = session;
    before = held();
  }

  /** Returns the state before the work. */
  public static Remains of(SparkSession session) {
    return new Remains(session);
  }

  /**
   * Requires that nothing is left of the work. Spark removes blocks of objects that are garbage, so
   * garbage is collected until they are gone.
   */
  public void assertNone() {
    long start = System.nanoTime();
    while (!added().isEmpty() && System.nanoTime() - start < NANOS) {
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    assertEquals("", String.join("\n", added()));
  }

  private Set<String> added() {
    Set<String> added = held();
    added.removeAll(before);
    return added;
  }

  private Set<String> held() {
    Set<String> held = new TreeSet<>();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    context.getPersistentRDDs().keySet().forEach(id -> held.add("RDD " + id));
    for (int job : context.statusTracker().getActiveJobIds()) {
      held.add("job " + job);
    }
    BlockManager blocks = SparkEnv.get().blockManager();
    Function1<BlockId, Object> all = id -> true;
    blocks.getMatchingBlockIds(all).foreach(id -> held.add("block " + id.name()));
    blocks.diskBlockManager().getAllFiles().foreach(file -> held.add("file " + file));
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon() || OF_STREAMS.matcher(thread.getName()).lookingAt())
        .map(Thread::getName)
        .filter(name -> !OF_TESTS.matcher(name).lookingAt())
        .forEach(name -> held.add("thread " + name));
    return held;
  }
}
