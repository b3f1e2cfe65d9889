package batchnorm.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;

/**
 * Learns from a stream of files, one a batch: also as a process of its own that comes to a halt
 * where it is told to, says so, and waits there to be killed.
 */
final class StreamRun {
  static final String HELD = "held";

  private static final String HOLD = System.getProperty("hold", "nowhere");

  private StreamRun() {}

  public static void main(String[] args) throws Exception {
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            // Each process has a few batches, for which it is not worthwhile to compile
            // expressions.
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.hadoop.fs.file.impl", HeldFiles.class.getName())
            .getOrCreate();
    run(session, Path.of(args[0]), Path.of(args[1]));
    session.stop();
  }

  /** Learns from all files in {@code input}, and normalizes each with what came before it. */
  static void run(SparkSession session, Path input, Path target) throws Exception {
    BatchNorm stage =
        new BatchNorm("id")
            .setInputCols("a", "b")
            .setOutputCol("out")
            .setRunningStatistics("exponential");
    StreamingQuery query =
        new RunningBatchNorm(stage, target.resolve("models").toString())
            .setKeptVersions(3)
            .setNormalized(
                "before",
                (batch, id) -> {
                  holdAt("sink=" + id);
                  batch.write().mode("overwrite").parquet(target.resolve("out/" + id).toString());
                })
            .start(stream(session, input, 1));
    try {
      query.processAllAvailable();
    } finally {
      query.stop();
    }
  }

  /** A stream of the files in a folder, the oldest first. */
  static Dataset<Row> stream(SparkSession session, Path input, int filesPerBatch) {
    return session
        .readStream()
        .schema("a double, b double")
        .option("maxFilesPerTrigger", filesPerBatch)
        .csv(input.toString());
  }

  /** Adds a file that is newer than the others. */
  static void addFile(Path input, double[][] table) throws IOException {
    long number;
    try (Stream<Path> files = Files.list(input)) {
      number = files.count();
    }
    Path written = Files.createTempFile(input.getParent(), "rows", ".csv");
    Files.write(
        written,
        Arrays.stream(table)
            .map(row -> Arrays.stream(row).mapToObj(Double::toString))
            .map(cells -> cells.collect(Collectors.joining(",")))
            .toList());
    Files.setLastModifiedTime(written, FileTime.fromMillis(1_000_000_000_000L + number * 10_000));
    Files.move(written, input.resolve(number + ".csv"));
  }

  private static void holdAt(String place) {
    if (place.equals(HOLD)) {
      System.out.println(HELD);
      System.out.flush();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new UncheckedIOException(new IOException(e));
      }
    }
  }

  /** Local files with a rename of their own, so that nothing is moved without it. */
  private static final class Renaming extends RawLocalFileSystem {
    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      return super.rename(from, to);
    }
  }

  /** Local files whose renames can be held: all that is written is renamed into its place. */
  public static final class HeldFiles extends LocalFileSystem {
    public HeldFiles() {
      super(new Renaming());
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      for (String part : to.toUri().getPath().split("/")) {
        if (part.startsWith(".version=")) {
          holdAt("writing=" + part.substring(".version=".length()).replaceAll("\\..*", ""));
        }
      }
      boolean renamed = super.rename(from, to);
      holdAt(to.getName().replace("version=", "renamed="));
      return renamed;
    }
  }
}
