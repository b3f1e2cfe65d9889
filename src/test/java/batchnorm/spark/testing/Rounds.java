package batchnorm.spark.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Rounds of a test with random input. Every build runs a few rounds, the same ones. {@code
 * -Dtorture.minutes=N} runs new rounds for N minutes, {@code -Dtorture.rounds=N} runs N rounds. A
 * failure names the seed of its round; {@code -Dtorture.seed=SEED} makes that round the first.
 */
public final class Rounds {
  private static final double MINUTES =
      Double.parseDouble(System.getProperty("torture.minutes", "0"));
  private static final long ROUNDS = Long.getLong("torture.rounds", 0);
  private static final long SEED = Long.getLong("torture.seed", isLong() ? System.nanoTime() : 1);

  /** Number of failed rounds after which a test ends. */
  private static final int ENOUGH = 10;

  /** Maximum processor time of a round; a machine with other work may take longer for it. */
  private static final long NANOS_A_ROUND = TimeUnit.SECONDS.toNanos(120);

  /** Maximum time of a round that waits for what never comes. */
  private static final long NANOS_OF_WAITING = TimeUnit.MINUTES.toNanos(20);

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final String name;
  private final int few;
  private final Map<String, Long> outcomes = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private final long start = System.nanoTime();
  private long done;
  private long told;

  private Rounds(String name, int few) {
    this.name = name;
    this.few = few;
  }

  /** One round: a test that returns its outcome for the table of outcomes. */
  public interface Round {
    String run(RandomGenerator random) throws Exception;
  }

  /** Returns whether more rounds are run than in every build. */
  public static boolean isLong() {
    return MINUTES > 0 || ROUNDS > 0;
  }

  /**
   * Runs rounds until they are enough, and fails with the seeds and errors of those that failed.
   *
   * @param name the name of the test, for its progress
   * @param few the number of rounds in every build
   * @return the number of rounds of each outcome
   */
  public static Map<String, Long> run(String name, int few, Round round) throws Exception {
    Rounds rounds = new Rounds(name, few);
    rounds.run(round);
    assertEquals("", String.join("\n\n", rounds.failures), name + ": " + rounds.outcomes);
    return rounds.outcomes;
  }

  private void run(Round round) throws InterruptedException {
    ExecutorService runner =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "rounds of " + name);
              thread.setDaemon(true);
              return thread;
            });
    try {
      while (!isEnough() && run(round, runner)) {
        done++;
        tell(TimeUnit.MINUTES.toNanos(told + 1));
      }
    } finally {
      runner.shutdownNow();
    }
    if (isLong()) {
      tell(0);
      outcomes.forEach((outcome, count) -> System.out.printf("%8d  %s%n", count, outcome));
    }
  }

  private boolean isEnough() {
    if (failures.size() >= ENOUGH) {
      return true;
    }
    if (MINUTES > 0) {
      return System.nanoTime() - start >= MINUTES * TimeUnit.MINUTES.toNanos(1);
    }
    return done >= (ROUNDS > 0 ? ROUNDS : few);
  }

  /** Runs one round; returns false if it does not end. */
  private boolean run(Round round, ExecutorService runner) throws InterruptedException {
    long seed = SEED + done;
    Future<String> running = runner.submit(() -> round.run(new SplittableRandom(seed)));
    try {
      outcomes.merge(result(running), 1L, Long::sum);
      return true;
    } catch (ExecutionException e) {
      outcomes.merge("FAILED", 1L, Long::sum);
      failures.add("-Dtorture.seed=" + seed + ": " + text(e.getCause()));
      if (isLong()) {
        System.out.println(failures.get(failures.size() - 1));
      }
      return true;
    } catch (TimeoutException e) {
      outcomes.merge("HANGS", 1L, Long::sum);
      failures.add("-Dtorture.seed=" + seed + " does not end" + stacks());
      return false;
    }
  }

  private static String result(Future<String> running)
      throws InterruptedException, ExecutionException, TimeoutException {
    long cpu = SYSTEM.getProcessCpuTime();
    long begun = System.nanoTime();
    while (true) {
      try {
        return running.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        if (SYSTEM.getProcessCpuTime() - cpu > NANOS_A_ROUND
            || System.nanoTime() - begun > NANOS_OF_WAITING) {
          throw e;
        }
      }
    }
  }

  /** Returns what the threads of the round and of Spark's tasks are doing. */
  private static String stacks() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().matches("(rounds of|Executor task).*"))
        .map(thread -> "\n  " + thread.getKey().getName() + frames(thread.getValue()))
        .collect(Collectors.joining());
  }

  private static String frames(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .limit(12)
        .map(frame -> "\n    at " + frame)
        .collect(Collectors.joining());
  }

  private static String text(Throwable error) {
    String frames = frames(error.getStackTrace());
    Throwable cause = error.getCause();
    return error + frames + (cause == null ? "" : "\n  caused by " + text(cause));
  }

  private void tell(long since) {
    if (isLong() && System.nanoTime() - start >= since) {
      told++;
      System.out.printf(
          "%s: %d rounds, %d failures, %d s, from seed %d%n",
          name, done, failures.size(), (System.nanoTime() - start) / 1_000_000_000, SEED);
    }
  }
}
