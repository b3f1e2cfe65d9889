package batchnorm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the benchmark runs on. */
final class Machine {
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

  static String jvm() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }
}
