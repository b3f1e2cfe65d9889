package batchnorm.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The most that a piece of work keeps on the heap, garbage left out: what full collections leave,
 * one after the other while the work runs, beyond what was there before. They take half of the
 * time, so it is measured in runs of its own.
 */
final class PeakMemory {
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicLong peak = new AtomicLong();

  private PeakMemory() {}

  /** Returns bytes. */
  static long of(Runnable work) {
    return new PeakMemory().during(work);
  }

  private long during(Runnable work) {
    long before = settled();
    peak.set(before);
    Thread collector = new Thread(this::collect, "peak memory");
    collector.start();
    try {
      work.run();
    } finally {
      done.countDown();
      join(collector);
    }
    return peak.get() - before;
  }

  private void collect() {
    long pause = 0;
    try {
      while (!done.await(pause, TimeUnit.NANOSECONDS)) {
        long start = System.nanoTime();
        peak.accumulateAndGet(live(), Math::max);
        pause = System.nanoTime() - start;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns the live memory once another collection frees no more, as Spark releases its own
   * objects meanwhile.
   */
  private static long settled() {
    long live = live();
    for (long next = live(); next < live; next = live()) {
      live = next;
    }
    return live;
  }

  /** Collects, and returns how many bytes were left. */
  private static long live() {
    System.gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
        .sum();
  }
}
