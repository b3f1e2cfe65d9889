package batchnorm.spark.cluster;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Operations on a cluster whose executors are killed at random moments, whose workers die, whose
 * shuffle files vanish, and whose tasks fail. Each gives the bits of the quiet run, or an error
 * that names the cause and leaves nothing that loads. Arguments: an empty folder, the folder of a
 * Spark, the jar of the library, and the jar of the classes of tests. Properties: {@code kills},
 * the number of executors to kill, and {@code seed}.
 */
public final class FaultRun implements AutoCloseable {
  /** Number of executors that are killed in every build. */
  private static final int FEW = 2;

  private static final long LONGEST_SECONDS = 300;

  /**
   * Causes that an error may name: Spark's of a lost executor and of a lost shuffle file, and the
   * library's of lost statistics of groups.
   */
  private static final Pattern CAUSE =
      Pattern.compile("ExecutorLostFailure|FetchFailed|executors that kept them are gone");

  /** Spark's cause of a task that an executor rejects because it is ending by itself. */
  private static final Pattern ENDING = Pattern.compile("ThreadPoolExecutor@\\w+\\[Shutting down");

  /** Faults after which executors end by themselves. */
  private static final Set<String> ENDING_EXECUTORS =
      Set.of(InjectedFault.OUT_OF_MEMORY.name(), "WORKER_KILLED");

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<ClusterOperation, String> expected = new EnumMap<>(ClusterOperation.class);
  private final Map<ClusterOperation, Long> nanos = new EnumMap<>(ClusterOperation.class);
  private final Map<ClusterOperation, Integer> stages = new EnumMap<>(ClusterOperation.class);
  private final StartedStages started = new StartedStages();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Path folder;
  private final StandaloneCluster cluster;
  private final SparkSession session;
  private final Random random;
  private int executorsKilled;
  private int rounds;

  private FaultRun(List<Path> arguments, long seed) throws IOException, InterruptedException {
    folder = arguments.get(0);
    random = new Random(seed);
    SparkInstallation spark = new SparkInstallation(arguments.get(1));
    cluster = StandaloneCluster.start(spark, folder.resolve("cluster"), 2);
    session =
        SparkSession.builder()
            .master(cluster.url())
            .config("spark.jars", arguments.get(2) + "," + arguments.get(3))
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", SparkInstallation.LOOPBACK)
            .config("spark.driver.bindAddress", SparkInstallation.LOOPBACK)
            .config("spark.executor.cores", 1)
            .config("spark.executor.memory", "512m")
            .config("spark.cores.max", 3)
            .config("spark.sql.shuffle.partitions", 6)
            // A partition for each file, so that their moments are merged in a tree of two levels.
            .config("spark.sql.files.maxPartitionBytes", "4m")
            .config("spark.speculation", true)
            .config("spark.speculation.quantile", 0.5)
            .config("spark.speculation.minTaskRuntime", "2s")
            .config("spark.executor.extraJavaOptions", spark.extraJavaOptions())
            .getOrCreate();
    session.sparkContext().addSparkListener(started);
  }

  public static void main(String[] args) throws Exception {
    List<Path> paths = Stream.of(args).map(Path::of).map(Path::toAbsolutePath).toList();
    Integer asked = Integer.getInteger("kills");
    // The same faults in every build, new ones in a long run.
    long seed = Long.getLong("seed", asked == null ? 43_759 : System.nanoTime() % 1_000_000);
    try (FaultRun run = new FaultRun(paths, seed)) {
      run.out.println("seed " + seed);
      run.run(asked == null ? FEW : asked);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    session.stop();
    cluster.close();
  }

  private void run(int kills) throws Exception {
    Dataset<Row> data = data();
    for (ClusterOperation operation : ClusterOperation.values()) {
      long start = System.nanoTime();
      int before = started.count();
      expected.put(operation, operation.bits(data, path("quiet-" + operation).toString()));
      nanos.put(operation, System.nanoTime() - start);
      stages.put(operation, started.count() - before);
    }
    for (InjectedFault fault : InjectedFault.values()) {
      inject(fault, ClusterOperation.FIT, data);
      inject(fault, ClusterOperation.FIT_GROUPS, data);
    }
    require(ClusterOperation.FIT_GROUPS, data, "SHUFFLE_FILES_DELETED", this::deleteShuffleFiles);
    for (int round = 0; executorsKilled < kills; round++) {
      ClusterOperation[] all = ClusterOperation.values();
      ClusterOperation operation = all[round % all.length];
      int drawn = random.nextInt(10);
      if (drawn == 0) {
        require(operation, data, "WORKER_KILLED", this::killWorker);
      } else if (drawn == 1) {
        require(operation, data, "SHUFFLE_FILES_DELETED", this::deleteShuffleFiles);
      } else if (drawn == 2) {
        require(operation, data, "TASK_INTERRUPTED", this::interruptTask);
      } else if (drawn == 3) {
        InjectedFault[] faults = InjectedFault.values();
        inject(faults[random.nextInt(faults.length)], operation, data);
      } else if (drawn < 7) {
        require(
            operation,
            data,
            "TWO_EXECUTORS_KILLED",
            () -> {
              killExecutor();
              killExecutor();
            });
      } else {
        require(operation, data, "EXECUTOR_KILLED", this::killExecutor);
      }
    }
    counts.forEach((what, count) -> out.println(what + ": " + count));
    out.println("passed: " + executorsKilled + " executors killed, and never other bits");
  }

  private Dataset<Row> data() {
    String path = path("data").toString();
    session
        .range(0, 60_000, 1, 12)
        .selectExpr(
            "id",
            "id % 997 as g",
            "id * 7919 % 10007 / 997.0D as a",
            "1e9D + id * 104729 % 1009 / 31.0D as b",
            "double(id * 31 % 101) / 7 as c")
        .write()
        .parquet(path);
    return session.read().parquet(path);
  }

  /** Runs an operation on data whose first tasks fail. */
  private void inject(InjectedFault fault, ClusterOperation operation, Dataset<Row> data)
      throws Exception {
    UserDefinedFunction injected = udf(fault, DataTypes.DoubleType).asNondeterministic();
    Dataset<Row> faulty = data.withColumn("a", injected.apply(col("a")));
    require(operation, faulty, fault.name(), () -> {});
  }

  private interface Fault {
    void happen() throws Exception;
  }

  /**
   * Runs an operation while a fault happens at a random moment, or with the first task of a random
   * stage, and judges the result.
   */
  private void require(ClusterOperation operation, Dataset<Row> data, String name, Fault fault)
      throws Exception {
    Path path = path("round-" + rounds++);
    boolean atStage = random.nextBoolean();
    int stage = started.count() + 1 + random.nextInt(stages.get(operation));
    long delay = (long) (random.nextDouble() * nanos.get(operation));
    Future<String> result = threads.submit(() -> operation.bits(data, path.toString()));
    Future<Void> happening =
        threads.submit(
            () -> {
              if (atStage) {
                started.await(stage, result);
              } else {
                TimeUnit.NANOSECONDS.sleep(delay);
              }
              fault.happen();
              return null;
            });
    String verdict;
    try {
      String bits = result.get(LONGEST_SECONDS, TimeUnit.SECONDS);
      verdict = bits.equals(expected.get(operation)) ? "same bits" : "OTHER BITS " + bits;
    } catch (TimeoutException e) {
      verdict = "HANGS";
    } catch (ExecutionException e) {
      String text = String.valueOf(e.getCause());
      boolean named =
          CAUSE.matcher(text).find()
              || (ENDING_EXECUTORS.contains(name) && ENDING.matcher(text).find());
      boolean clear = named && !operation.loads(session, path);
      verdict = (clear ? "clear failure" : "UNCLEAR FAILURE, or loadable: " + text);
      out.println("  " + text.lines().limit(3).toList());
    }
    happening.get(LONGEST_SECONDS, TimeUnit.SECONDS);
    counts.merge(name + ", " + operation + ": " + verdict, 1, Integer::sum);
    out.println(
        name + ", " + operation + ": " + verdict + " (" + executorsKilled + " executors killed)");
    if (!verdict.equals("same bits") && !verdict.equals("clear failure")) {
      throw new IllegalStateException(operation + " with " + name + ": " + verdict);
    }
  }

  private void killExecutor() throws InterruptedException {
    List<ProcessHandle> executors = cluster.executors();
    while (executors.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(20);
      executors = cluster.executors();
    }
    ProcessHandle executor = executors.get(random.nextInt(executors.size()));
    if (executor.destroyForcibly()) {
      executor.onExit().join();
      executorsKilled++;
      counts.merge("an executor killed in " + started.last(), 1, Integer::sum);
    }
  }

  /** Ends the task attempt that has started last; Spark repeats it. */
  private void interruptTask() {
    session.sparkContext().killTaskAttempt(started.lastTask(), true, "injected");
  }

  private void killWorker() throws IOException, InterruptedException {
    List<ProcessHandle> workers = cluster.workers();
    ProcessHandle worker = workers.get(random.nextInt(workers.size()));
    worker.destroyForcibly();
    worker.onExit().join();
    cluster.addWorker();
  }

  private void deleteShuffleFiles() throws IOException {
    List<Path> shuffles;
    try (Stream<Path> files = Files.walk(cluster.localFolder())) {
      shuffles =
          files.filter(file -> file.getFileName().toString().startsWith("shuffle_")).toList();
    }
    for (Path file : shuffles) {
      try {
        Files.delete(file);
      } catch (NoSuchFileException e) {
        // Spark has cleaned it.
      }
    }
  }

  private Path path(String name) {
    return folder.resolve(name);
  }
}
