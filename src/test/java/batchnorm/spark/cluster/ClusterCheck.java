package batchnorm.spark.cluster;

import batchnorm.spark.compatibility.SparkSmoke;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that the library does, on a cluster, with the bits of local mode. With the property
 * {@code pairs} it does so in each pair of settings, not just in each setting. Arguments: an empty
 * folder, the folder of a Spark, the jar of the library, the jar of the classes of tests, and the
 * bits that {@link SparkSmoke} prints.
 */
public final class ClusterCheck {
  private final PrintStream out;
  private final Path folder;
  private final SparkInstallation spark;
  private final Path library;
  private final Path tests;
  private final List<String> expected;

  private ClusterCheck(PrintStream out, List<Path> arguments) throws IOException {
    this.out = out;
    folder = arguments.get(0);
    spark = new SparkInstallation(arguments.get(1));
    library = arguments.get(2);
    tests = arguments.get(3);
    expected = Files.readAllLines(arguments.get(4));
  }

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Path> paths = Stream.of(args).map(Path::of).map(Path::toAbsolutePath).toList();
    new ClusterCheck(out, paths).run();
  }

  private void run() throws IOException, InterruptedException {
    try (StandaloneCluster cluster = StandaloneCluster.start(spark, folder.resolve("cluster"), 2)) {
      List<JobSettings> set = Boolean.getBoolean("pairs") ? JobSettings.PAIRS : JobSettings.EACH;
      for (JobSettings settings : set) {
        long start = System.nanoTime();
        requireExpected(smoke(cluster, settings, "smoke-" + set.indexOf(settings)), settings);
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        out.println("passed: the same bits in " + settings + " (" + seconds + " s)");
      }
    }
  }

  /** Runs everything once and returns what was printed. */
  private List<String> smoke(StandaloneCluster cluster, JobSettings settings, String name)
      throws IOException, InterruptedException {
    Path work = Files.createDirectory(folder.resolve(name));
    Path printed = folder.resolve(name + ".out");
    Path errors = folder.resolve(name + ".err");
    List<Path> before = driverOutputs(cluster);
    List<String> arguments = new ArrayList<>(settings.options(cluster.url()));
    arguments.addAll(List.of("--jars", library.toString(), "--class", SparkSmoke.class.getName()));
    arguments.addAll(List.of(tests.toString(), work.toString()));
    int exit =
        spark
            .process(spark.java(List.of(), "org.apache.spark.deploy.SparkSubmit", arguments))
            .redirectOutput(printed.toFile())
            .redirectError(errors.toFile())
            .start()
            .waitFor();
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
    return Files.readAllLines(printed);
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

  private void requireExpected(List<String> printed, JobSettings settings) {
    if (!printed.equals(expected)) {
      throw new IllegalStateException(
          "Other bits in " + settings + ":\n" + String.join("\n", printed));
    }
  }
}
