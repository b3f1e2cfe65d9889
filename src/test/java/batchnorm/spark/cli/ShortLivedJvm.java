package batchnorm.spark.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Java options for a spark-submit that lives for seconds. It ends before the optimizing compiler
 * pays for its work, and half of its time would be spent on loading Spark's classes, so the first
 * such JVM archives them for the others.
 */
final class ShortLivedJvm {
  private static final String COMPILING_LITTLE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

  /** Value of SPARK_SUBMIT_OPTS. */
  static final String OPTIONS = COMPILING_LITTLE + " " + withClassesOf(archive());

  private ShortLivedJvm() {}

  /** Returns the classes that the first JVM of this build has kept. */
  private static Path archive() {
    Path archive = Job.SPARK.resolveSibling("spark-classes.jsa");
    Path lock = Job.SPARK.resolveSibling("spark-classes.lock");
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // Let go of with the channel.
      channel.lock();
      if (Files.notExists(archive)) {
        Path written = Job.SPARK.resolveSibling("spark-classes.new");
        Files.deleteIfExists(written);
        keepClasses(written);
        Files.move(written, archive, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return archive;
  }

  private static void keepClasses(Path written) {
    ProcessBuilder describe =
        new ProcessBuilder(
            Job.SCRIPT.toString(),
            "describe",
            "--input",
            Job.PENGUINS.toString(),
            "--columns",
            "*_mm");
    describe.environment().put("SPARK_HOME", Job.SPARK.toString());
    Job job =
        Job.runWithoutSettings(
            describe, COMPILING_LITTLE + " " + quoted("-XX:ArchiveClassesAtExit=" + written));
    if (job.exitCode() != 0) {
      throw new IllegalStateException(job.err());
    }
  }

  /**
   * Options that use the archive; without logs, since a JVM that cannot use it would print that to
   * stdout.
   */
  private static String withClassesOf(Path archive) {
    return quoted("-XX:SharedArchiveFile=" + archive) + " -Xlog:disable -Xlog:all=error:stderr";
  }

  private static String quoted(String option) {
    return '"' + option + '"';
  }
}
