package batchnorm.spark.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Spark standalone cluster of this machine: a master and workers, each a JVM of its own, on free
 * ports. Each worker has a loopback address of its own, as Spark runs speculative copies on other
 * hosts only. Closing it ends every process that it started, also executors and drivers.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final Pattern MASTER_STARTED =
      Pattern.compile("Starting Spark master at (spark://[0-9.:]+)");
  private static final Pattern WORKER_REGISTERED =
      Pattern.compile("Successfully registered with master");

  private final SparkInstallation spark;
  private final Path folder;
  private final LoggedProcess master;
  private final String url;
  private final List<LoggedProcess> workers = new CopyOnWriteArrayList<>();
  private int workersStarted;

  private StandaloneCluster(SparkInstallation spark, Path folder)
      throws IOException, InterruptedException {
    this.spark = spark;
    this.folder = folder;
    master =
        start(
            "master",
            SparkInstallation.LOOPBACK,
            "org.apache.spark.deploy.master.Master",
            List.of());
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    url = master.await(MASTER_STARTED).group(1);
  }

  /**
   * Starts a cluster and awaits the registration of its workers.
   *
   * @param folder the folder of logs, of what the workers keep of applications, and of shuffles
   */
  static StandaloneCluster start(SparkInstallation spark, Path folder, int workers)
      throws IOException, InterruptedException {
    StandaloneCluster cluster = new StandaloneCluster(spark, folder);
    try {
      List<LoggedProcess> started = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        started.add(cluster.launchWorker());
      }
      for (LoggedProcess worker : started) {
        worker.await(WORKER_REGISTERED);
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The URL of the master, for {@code --master}. */
  String url() {
    return url;
  }

  /** The folder below which workers keep the output of drivers and executors. */
  Path workFolder() {
    return folder.resolve("work");
  }

  /** The folder of shuffle files and blocks, of all processes. */
  Path localFolder() {
    return folder.resolve("local");
  }

  /** Starts one more worker and awaits its registration. */
  void addWorker() throws IOException, InterruptedException {
    launchWorker().await(WORKER_REGISTERED);
  }

  /** The workers that are alive. */
  List<ProcessHandle> workers() {
    return workers.stream().map(LoggedProcess::handle).filter(ProcessHandle::isAlive).toList();
  }

  /** The executors of all applications that are alive, youngest last. */
  List<ProcessHandle> executors() {
    return children("CoarseGrainedExecutorBackend");
  }

  /** The drivers that workers run. */
  List<ProcessHandle> drivers() {
    return children("DriverWrapper");
  }

  /** Ends every process that the cluster started and that is alive, and awaits their ends. */
  @Override
  public synchronized void close() {
    List<ProcessHandle> children = workers().stream().flatMap(ProcessHandle::descendants).toList();
    workers.forEach(LoggedProcess::close);
    master.close();
    for (ProcessHandle child : children) {
      child.destroyForcibly();
      child.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }
  }

  private List<ProcessHandle> children(String mainClass) {
    return workers().stream()
        .flatMap(ProcessHandle::children)
        .filter(child -> child.info().commandLine().orElse("").contains(mainClass))
        .sorted()
        .toList();
  }

  private synchronized LoggedProcess launchWorker() throws IOException {
    String host = "127.0.0." + (2 + workersStarted);
    String name = "worker-" + workersStarted++;
    LoggedProcess worker =
        start(
            name,
            host,
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--cores",
                "2",
                "--memory",
                "3g",
                "--work-dir",
                workFolder().resolve(name).toString(),
                url));
    workers.add(worker);
    return worker;
  }

  private LoggedProcess start(String name, String host, String mainClass, List<String> more)
      throws IOException {
    List<String> command =
        spark.java(
            // An application is not removed because its executors die.
            List.of("-Dspark.deploy.maxExecutorRetries=-1", "-Dspark.worker.timeout=20"),
            mainClass,
            Stream.concat(
                    Stream.of("--host", host, "--port", "0"),
                    Stream.concat(Stream.of("--webui-port", "0"), more.stream()))
                .toList());
    ProcessBuilder builder = spark.process(command);
    builder
        .environment()
        .putAll(Map.of("SPARK_LOCAL_DIRS", localFolder().toString(), "SPARK_LOCAL_IP", host));
    return LoggedProcess.start(builder, folder.resolve("logs").resolve(name));
  }
}
