package batchnorm.spark.testing;

import batchnorm.spark.compat.ClassicSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockUpdatedInfo;
import org.junit.jupiter.api.Assertions;
import scala.Function1;

/** Observes what Spark runs during a call: jobs and the data that tasks exchange. */
public final class Jobs {
  private Jobs() {}

  /** Calls {@code action}, which is to run no job, and returns its result. */
  public static <T> T none(SparkSession session, Supplier<T> action) {
    List<T> results = new ArrayList<>();
    List<String> jobs = descriptions(session, () -> results.add(action.get()));
    Assertions.assertEquals(List.of(), jobs);
    return results.get(0);
  }

  /** The descriptions of the jobs that {@code action} runs, in order. */
  public static List<String> descriptions(SparkSession session, Runnable action) {
    List<String> started = Collections.synchronizedList(new ArrayList<>());
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            started.add(String.valueOf(job.properties().getProperty("spark.job.description")));
          }
        };
    listen(session, listener, action);
    return started;
  }

  /** The number of tasks that end during {@code action}. */
  public static int tasks(SparkSession session, Runnable action) {
    AtomicInteger tasks = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd task) {
            tasks.incrementAndGet();
          }
        };
    listen(session, listener, action);
    return tasks.get();
  }

  /** The bytes that the driver broadcasts during {@code action}, with the code of the tasks. */
  public static long broadcastBytes(SparkSession session, Runnable action) {
    AtomicLong bytes = new AtomicLong();
    // Spark also tells of blocks that it removes, with their sizes.
    Set<BlockId> known = ConcurrentHashMap.newKeySet();
    Function1<BlockId, Object> broadcasts = BlockId::isBroadcast;
    SparkEnv.get().blockManager().getMatchingBlockIds(broadcasts).foreach(known::add);
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onBlockUpdated(SparkListenerBlockUpdated updated) {
            BlockUpdatedInfo block = updated.blockUpdatedInfo();
            if (block.blockId().isBroadcast() && known.add(block.blockId())) {
              bytes.addAndGet(block.memSize() + block.diskSize());
            }
          }
        };
    listen(session, listener, action);
    return bytes.get();
  }

  /** Runs {@code action} while {@code listener} gets its events, and awaits the last of them. */
  private static void listen(SparkSession session, SparkListener listener, Runnable action) {
    awaitEvents(session);
    session.sparkContext().addSparkListener(listener);
    try {
      action.run();
      awaitEvents(session);
    } finally {
      session.sparkContext().removeSparkListener(listener);
    }
  }

  private static void awaitEvents(SparkSession session) {
    try {
      session.sparkContext().listenerBus().waitUntilEmpty();
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The size of what each task of a query gets, before compression. */
  public static long taskBytes(Dataset<Row> frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(ClassicSpark.query(frame).toRdd());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.size();
  }
}
