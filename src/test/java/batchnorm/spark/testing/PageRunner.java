package batchnorm.spark.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Runs the programs of pages one after the other with one session. Each finds the working folder
 * empty.
 */
public final class PageRunner {
  private PageRunner() {}

  /** Runs the classes of these names, which have a static method {@code run(SparkSession)}. */
  public static void main(String[] programs) throws Exception {
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()) {
      for (String program : programs) {
        System.out.println(program);
        empty(Path.of("").toAbsolutePath());
        Class.forName(program).getMethod("run", SparkSession.class).invoke(null, session);
      }
    }
  }

  private static void empty(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst =
          files.filter(file -> !file.equals(folder)).sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }
}
