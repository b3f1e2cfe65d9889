package batchnorm.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Description of the machine that the benchmark runs on. */
final class Machine {
  /** The most load of a machine that runs nothing else. */
  private static final double IDLE = 0.7;

  private Machine() {}

  /** The processor's name, as far as the system tells it. */
  static String cpu() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(() -> System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** The processor's name for file names. */
  static String shortCpu() {
    return cpu()
        .toLowerCase(Locale.ROOT)
        .replaceAll("\\((r|tm)\\)|@.*", "")
        .replaceAll("[^a-z0-9]+", "-")
        .replaceAll("^-|-$", "");
  }

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** The load average of the last minute before Maven ran, as scripts/bench passes it. */
  static String load() {
    String load = System.getenv("BENCH_LOAD");
    if (load == null || !load.matches("[0-9.]+")) {
      return "not known";
    }
    return Double.parseDouble(load) > IDLE
        ? load + ": other work ran on the machine, so seconds are too many and ratios rough"
        : load + ", idle";
  }

  /** The names of the jars on the class path that begin with one of {@code names}. */
  static String jars(String... names) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> new File(entry).getName())
        .filter(jar -> Stream.of(names).anyMatch(jar::startsWith))
        .map(jar -> jar.replaceAll("\\.jar$", ""))
        .collect(Collectors.joining(", "));
  }

  /** The command line, as scripts/bench passes it. */
  static String command() {
    return String.valueOf(System.getenv("BENCH_COMMAND"));
  }

  static String jvm() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }
}
