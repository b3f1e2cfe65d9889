package batchnorm.spark.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows whose tasks, in this JVM, wait before the first one until they are released or killed. */
public final class HeldRows implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Map<Integer, Hold> HOLDS = new ConcurrentHashMap<>();

  private final int id;

  /** Tasks that came, and the latch at which they wait. */
  private record Hold(Semaphore tasks, CountDownLatch released, int meeting) {}

  private HeldRows(int meeting) {
    id = COUNT.incrementAndGet();
    HOLDS.put(id, new Hold(new Semaphore(0), new CountDownLatch(1), meeting));
  }

  /** Returns rows that are held until {@link #release}. */
  public static HeldRows untilReleased() {
    return new HeldRows(Integer.MAX_VALUE);
  }

  /** Returns rows that are held until {@code tasks} tasks wait for each other. */
  public static HeldRows meeting(int tasks) {
    return new HeldRows(tasks);
  }

  /** Returns the rows of {@code rows}, held. */
  public Dataset<Row> of(Dataset<Row> rows) {
    int hold = id;
    MapPartitionsFunction<Row, Row> held =
        partition -> {
          await(HOLDS.get(hold));
          return partition;
        };
    return rows.mapPartitions(held, rows.encoder());
  }

  private static void await(Hold hold) throws InterruptedException {
    hold.tasks.release();
    if (hold.tasks.availablePermits() >= hold.meeting) {
      hold.released.countDown();
    }
    // A task that is killed without an interrupt is only told so here.
    while (!hold.released.await(10, TimeUnit.MILLISECONDS)) {
      TaskContext.get().killTaskIfInterrupted();
    }
  }

  /** Waits until so many tasks are held. */
  public void awaitTasks(int tasks) throws InterruptedException {
    assertTrue(HOLDS.get(id).tasks.tryAcquire(tasks, 1, TimeUnit.MINUTES));
  }

  /** Lets the tasks run. */
  public void release() {
    HOLDS.get(id).released.countDown();
  }
}
