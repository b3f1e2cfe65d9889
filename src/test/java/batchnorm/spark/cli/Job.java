package batchnorm.spark.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A run of the command line: in this JVM, or of scripts/batchnorm as a process of its own with the
 * Spark that the build of this line copied. A process takes seconds to start, so tests that read no
 * more than the exit code and what is printed run in this JVM.
 */
record Job(int exitCode, String out, String err) {
  static final Path SCRIPT = Path.of("scripts", "batchnorm").toAbsolutePath().normalize();

  /** The Spark that the build of this line copied. */
  static final Path SPARK = Path.of(System.getProperty("copied.spark.home"));

  static final Path BREAST_CANCER = data("breast-cancer-wisconsin.csv");
  static final Path PENGUINS = data("penguins.csv");

  /** Runs a command to its end in this JVM. */
  static Job run(Object... args) {
    return with(Map.of(), args);
  }

  /** Runs a command to its end in this JVM, with more settings for Spark. */
  static Job with(Map<String, String> settings, Object... args) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(Map.of("spark.master", "local[2]", "spark.ui.enabled", "false"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    all.forEach(System::setProperty);
    try {
      int exitCode = Commands.run(texts(args), new PrintWriter(out), new PrintWriter(err));
      return new Job(exitCode, out.toString(), err.toString());
    } finally {
      all.keySet().forEach(System::clearProperty);
    }
  }

  /** Runs a command to its end as a process, with more options for spark-submit. */
  static Job process(List<String> submitOptions, Object... args) {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(texts(args)));
    command.addAll(List.of("--", "--master", "local[2]", "--conf", "spark.ui.enabled=false"));
    command.addAll(submitOptions);
    return run(new ProcessBuilder(command));
  }

  /** Runs {@code process} to its end, without the Spark of whoever runs the tests. */
  static Job run(ProcessBuilder process) {
    process.environment().put("SPARK_HOME", SPARK.toString());
    return runWithoutSettings(process, ShortLivedJvm.OPTIONS);
  }

  /** The same without a SPARK_HOME. */
  static Job runWithoutSparkHome(ProcessBuilder process) {
    process.environment().remove("SPARK_HOME");
    return runWithoutSettings(process, ShortLivedJvm.OPTIONS);
  }

  /** Runs {@code process} to its end with these options of Java alone. */
  static Job runWithoutSettings(ProcessBuilder process, String javaOptions) {
    process.environment().put("SPARK_SUBMIT_OPTS", javaOptions);
    for (String variable : List.of("SPARK_CONF_DIR", "MASTER")) {
      process.environment().remove(variable);
    }
    return runAsIs(process);
  }

  /** Runs {@code process} to its end. */
  static Job runAsIs(ProcessBuilder process) {
    try {
      Path out = Files.createTempFile("batchnorm", ".out");
      Path err = Files.createTempFile("batchnorm", ".err");
      try {
        int exitCode =
            process.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
        return new Job(exitCode, Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The lines of the CSV files in a folder, split into fields, under one header. */
  static List<String[]> readCsv(Path path) throws IOException {
    List<String[]> rows = new ArrayList<>();
    for (Path file : Files.isDirectory(path) ? partsOf(path) : List.of(path)) {
      List<String> lines = Files.readAllLines(file);
      for (String line : rows.isEmpty() ? lines : lines.subList(1, lines.size())) {
        rows.add(line.split(",", -1));
      }
    }
    return rows;
  }

  /** The names in a folder, hidden ones too. */
  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String[] texts(Object... args) {
    return Arrays.stream(args).map(Object::toString).toArray(String[]::new);
  }

  private static List<Path> partsOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .sorted()
          .toList();
    }
  }

  private static Path data(String name) {
    return Path.of("src", "test", "resources", "data", name).toAbsolutePath().normalize();
  }
}
