package batchnorm.spark.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import batchnorm.spark.compatibility.SparkSmoke;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Everything that the library and its command line do, on a cluster, with the bits of local mode.
 * With the property {@code pairs} it does so in each pair of settings, not just in each setting.
 * Arguments: an empty folder, the folder of a Spark, the jar of the library, the jar of the classes
 * of tests, the bits that {@link SparkSmoke} prints, and a table of penguins. The working folder is
 * the project's.
 */
public final class ClusterCheck {
  private static final boolean PAIRS = Boolean.getBoolean("pairs");
  private static final Path SCRIPT = Path.of("scripts", "batchnorm").toAbsolutePath();

  private final PrintStream out;
  private final Path folder;
  private final SparkInstallation spark;
  private final Path library;
  private final Path tests;
  private final List<String> expected;
  private final Path table;
  private final Map<String, String> expectedResults;
  private long lap = System.nanoTime();

  private ClusterCheck(PrintStream out, List<Path> arguments) throws Throwable {
    this.out = out;
    folder = arguments.get(0);
    spark = new SparkInstallation(arguments.get(1));
    library = arguments.get(2);
    tests = arguments.get(3);
    expected = Files.readAllLines(arguments.get(4));
    table = arguments.get(5);
    Path local = Files.createDirectory(folder.resolve("local"));
    PrintStream errors = System.err;
    try (PrintStream log = new PrintStream(folder.resolve("local.err").toFile(), UTF_8)) {
      System.setErr(log);
      ClusterJob.runCommands(table, local);
    } finally {
      System.setErr(errors);
    }
    expectedResults = results(local);
    done("ran: commands in local mode");
  }

  public static void main(String[] args) throws Throwable {
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    List<Path> paths = Stream.of(args).map(Path::of).map(Path::toAbsolutePath).toList();
    // Settings of the sessions of this JVM, which are in local mode.
    System.setProperty("spark.master", "local[2]");
    System.setProperty("spark.ui.enabled", "false");
    System.setProperty("spark.driver.host", SparkInstallation.LOOPBACK);
    new ClusterCheck(out, paths).run();
  }

  private void run() throws IOException, InterruptedException {
    try (StandaloneCluster cluster = StandaloneCluster.start(spark, folder.resolve("cluster"), 2)) {
      List<JobSettings> set = PAIRS ? JobSettings.PAIRS : JobSettings.EACH;
      for (JobSettings settings : set) {
        job(
            cluster,
            settings,
            Files.createDirectory(folder.resolve("job-" + set.indexOf(settings))));
        done("passed: the same bits in " + settings);
      }
      script(cluster, Files.createDirectory(folder.resolve("script")));
      done("passed: the same bits of commands by scripts/batchnorm");
    }
  }

  /** Submits a job that does everything once, and checks what it prints and writes. */
  private void job(StandaloneCluster cluster, JobSettings settings, Path work)
      throws IOException, InterruptedException {
    Path smoke = Files.createDirectory(work.resolve("smoke"));
    Path commands = Files.createDirectory(work.resolve("commands"));
    List<String> arguments = new ArrayList<>(settings.options(spark, cluster.url()));
    arguments.addAll(List.of("--jars", library.toString(), "--class", ClusterJob.class.getName()));
    Stream.of(tests, smoke).map(Path::toString).forEach(arguments::add);
    if (runsCommands(settings)) {
      Stream.of(table, commands).map(Path::toString).forEach(arguments::add);
    }
    List<Path> before = driverOutputs(cluster);
    List<String> command = spark.java(List.of(), "org.apache.spark.deploy.SparkSubmit", arguments);
    int exit = exit(command, work);
    Path printed = work.resolve("out");
    Path errors = work.resolve("err");
    // In cluster mode, the exit code does not tell of the driver.
    boolean done =
        exit == 0 && (!settings.inCluster() || Files.readString(errors).contains(" is FINISHED"));
    if (settings.inCluster()) {
      List<Path> outputs = new ArrayList<>(driverOutputs(cluster));
      outputs.removeAll(before);
      printed = outputs.isEmpty() ? printed : outputs.get(0);
      errors = outputs.isEmpty() ? errors : printed.resolveSibling("stderr");
    }
    if (!done) {
      throw new IllegalStateException("Failed in " + settings + ":\n" + Files.readString(errors));
    }
    List<String> lines = Files.readAllLines(printed);
    if (!lines.equals(expected)) {
      throw new IllegalStateException(
          "Other bits in " + settings + ":\n" + String.join("\n", lines));
    }
    requireResults(runsCommands(settings) ? expectedResults.keySet() : Set.of(), commands);
  }

  /**
   * Returns whether a job runs the commands, too. Each starts executors of its own, so in cluster
   * mode they run with all pairs of settings only; {@link #script} runs one in any case.
   */
  private static boolean runsCommands(JobSettings settings) {
    return !settings.inCluster() || PAIRS;
  }

  /** Runs commands as users do: one whose driver runs here, and one whose driver a worker runs. */
  private void script(StandaloneCluster cluster, Path work)
      throws IOException, InterruptedException {
    Path results = Files.createDirectory(work.resolve("commands"));
    script(
        CommandResults.fit(table, results.resolve("model")),
        JobSettings.EACH.get(1),
        cluster,
        work);
    script(CommandResults.transform(table, results), JobSettings.EACH.get(0), cluster, work);
    requireResults(Set.of("model", "rows.csv"), results);
  }

  private void script(
      List<String> arguments, JobSettings settings, StandaloneCluster cluster, Path work)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(arguments);
    command.add("--");
    command.addAll(settings.options(spark, cluster.url()));
    if (exit(command, work) != 0) {
      throw new IllegalStateException(
          command + " failed:\n" + Files.readString(work.resolve("err")));
    }
  }

  /** Runs a command to its end, whose output goes to files of {@code work}. */
  private int exit(List<String> command, Path work) throws IOException, InterruptedException {
    return spark
        .process(command)
        .redirectOutput(work.resolve("out").toFile())
        .redirectError(work.resolve("err").toFile())
        .start()
        .waitFor();
  }

  private static Map<String, String> results(Path folder) throws IOException {
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      return CommandResults.in(session, folder);
    }
  }

  /** The files of stdout of the drivers that the workers have run. */
  private static List<Path> driverOutputs(StandaloneCluster cluster) throws IOException {
    if (!Files.exists(cluster.workFolder())) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(cluster.workFolder(), 3)) {
      return files
          .filter(file -> file.endsWith("stdout"))
          .filter(file -> file.getParent().getFileName().toString().startsWith("driver-"))
          .toList();
    }
  }

  private void requireResults(Set<String> names, Path found) throws IOException {
    Map<String, String> results = results(found);
    for (String name : names) {
      if (!expectedResults.get(name).equals(results.get(name))) {
        throw new IllegalStateException(
            "Other bits in " + found.resolve(name) + " than in " + folder.resolve("local"));
      }
    }
  }

  private void done(String text) {
    long now = System.nanoTime();
    out.println(text + " (" + (now - lap) / 1_000_000_000 + " s)");
    lap = now;
  }
}
