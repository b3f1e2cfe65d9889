package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.rand;
import static org.apache.spark.sql.functions.randn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import batchnorm.spark.testing.Remains;
import batchnorm.spark.testing.Rounds;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One application that trains for long: it updates, saves, loads and merges models, follows a
 * stream and normalizes, and its fits fail now and then. Nothing of it remains, and the heap does
 * not grow.
 */
class SoakTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String TEMPORARY = "java.io.tmpdir";
  private static final String BROADCAST = "spark.sql.autoBroadcastJoinThreshold";
  private static final int ROWS = 1000;

  /** Growth of the heap that is not told apart from the caches of Spark and of the JVM. */
  private static final long TOLERATED = 4L << 20;

  @TempDir private Path directory;
  @TempDir private Path temporary;
  private String temporaryBefore;
  private final List<Long> heaps = new ArrayList<>();
  private long rounds;

  @BeforeEach
  void useTemporaryFolder() {
    temporaryBefore = System.setProperty(TEMPORARY, temporary.toString());
  }

  @AfterEach
  void restoreTemporaryFolder() {
    System.setProperty(TEMPORARY, temporaryBefore);
    SESSION.conf().unset(BROADCAST);
  }

  @Test
  void nothingRemainsAndTheHeapDoesNotGrow() throws Exception {
    assumeTrue(Rounds.isLong(), "takes minutes");
    Files.createDirectory(directory.resolve("input"));
    // The first round starts threads and loads libraries of Spark, which stay.
    round(new SplittableRandom(0));
    Remains remains = Remains.of(SESSION);
    List<String> files = names(temporary);
    Rounds.run("soak", 1, this::round);
    remains.assertNone();
    assertEquals(files, names(temporary));
    assertEquals(Set.of("columns", "groups", "input", "running"), Set.copyOf(names(directory)));
    assertEquals(rounds * ROWS, load("columns").count());
    assertEquals(rounds * ROWS, load("groups").count());
    assertEquals(rounds * ROWS, load("running").count());
    assertHeapIsFlat();
  }

  private String round(RandomGenerator random) throws Exception {
    Dataset<Row> rows = rows(random.nextInt());
    train("columns", new BatchNorm().setInputCols("a", "b").setOutputCol("out"), rows);
    BatchNorm inGroups =
        new BatchNorm().setInputCols("a", "b").setOutputCol("out").setGroupCols("g");
    // Half of the rounds join the groups, half broadcast them.
    SESSION.conf().set(BROADCAST, random.nextBoolean() ? -1 : 10 << 20);
    train("groups", inGroups, rows);
    follow(inGroups, rows);
    Dataset<Row> invalid = rows.withColumn("a", lit(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> inGroups.fit(invalid));
    rounds++;
    System.gc();
    heaps.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    return "rounds";
  }

  private static Dataset<Row> rows(int seed) {
    return SESSION
        .range(0, ROWS, 1, 3)
        .select(
            rand(seed).as("a"), randn(seed).as("b"), pmod(col("id"), lit(7)).cast("int").as("g"));
  }

  /** Updates the saved model, or saves the first one, and uses it. */
  private void train(String name, BatchNorm stage, Dataset<Row> rows) throws IOException {
    Path path = directory.resolve(name);
    BatchNormModel model = stage.fit(rows);
    if (Files.exists(path)) {
      BatchNormModel before = load(name);
      BatchNormModel merged = before.merge(model);
      model = before.update(rows);
      SameFit.assertSameBits(model, merged);
    }
    model.write().overwrite().save(path.toString());
    BatchNormModel loaded = load(name);
    SameFit.assertSameBits(model, loaded);
    assertEquals(ROWS, loaded.transform(rows).select("out").distinct().count());
    assertEquals(model.summary().count(), loaded.summary().count());
  }

  /** Trains on one more file of a stream, and normalizes it. */
  private void follow(BatchNorm stage, Dataset<Row> rows) throws Exception {
    Path input = directory.resolve("input");
    try (Stream<Path> files = Files.list(input)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    rows.coalesce(1).write().mode("append").parquet(input.toString());
    Dataset<Row> stream = SESSION.readStream().schema(rows.schema()).parquet(input.toString());
    StreamingQuery query =
        new RunningBatchNorm(stage, directory.resolve("running").toString())
            .setKeptVersions(2)
            .setNormalized(
                "after", (batch, id) -> assertEquals(ROWS, batch.select("out").distinct().count()))
            .start(stream);
    try {
      query.processAllAvailable();
    } finally {
      query.stop();
    }
  }

  private BatchNormModel load(String name) {
    return BatchNormModel.load(directory.resolve(name).toString());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  /** Spark keeps what it tells of a thousand jobs; after a quarter of the rounds it has these. */
  private void assertHeapIsFlat() {
    List<Long> warm = heaps.subList(heaps.size() / 4, heaps.size());
    int third = warm.size() / 3;
    long first = median(warm.subList(0, third));
    long last = median(warm.subList(warm.size() - third, warm.size()));
    System.out.printf("heap of the first and the last third: %d and %d bytes%n", first, last);
    assertTrue(last <= first + TOLERATED, heaps::toString);
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
