package batchnorm.spark.compatibility;

import java.io.File;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Checks that a jar links on other Sparks than the one it was compiled with. Arguments: the jar,
 * the class path that it was compiled with, then of each Spark {@code VERSION=CLASS PATH}.
 */
public final class SparkLinks {
  private SparkLinks() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true);
    Path jar = Path.of(args[0]);
    List<Path> compiledWith = classPath(args[1]);
    boolean failed = false;
    for (String spark : Arrays.asList(args).subList(2, args.length)) {
      String version = spark.substring(0, spark.indexOf('='));
      List<Path> classPath = classPath(spark.substring(version.length() + 1));
      Set<String> wrong =
          KnownDifferences.unexpected(version, LinkCheck.problems(jar, compiledWith, classPath));
      out.println(
          (wrong.isEmpty()
                  ? "passed: the jar links on Spark "
                  : "failed: the jar does not link on Spark ")
              + version);
      wrong.forEach(problem -> out.println("  " + problem));
      failed |= !wrong.isEmpty();
    }
    System.exit(failed ? 1 : 0);
  }

  private static List<Path> classPath(String text) {
    return Stream.of(text.split(File.pathSeparator)).map(Path::of).toList();
  }
}
