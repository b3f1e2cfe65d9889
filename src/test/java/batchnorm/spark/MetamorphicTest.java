package batchnorm.spark;

import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.SavedSums;
import batchnorm.spark.moments.Tables;
import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Rounds;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Relations between fits of related datasets. They hold bit for bit, since sums are exact. */
class MetamorphicTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String[] CODECS = {"none", "snappy", "gzip", "zstd", "lz4_raw"};
  private static final StructType SCHEMA =
      new StructType()
          .add("a", DataTypes.DoubleType)
          .add("b", DataTypes.DoubleType)
          .add("w", DataTypes.IntegerType)
          .add("k", DataTypes.StringType)
          .add("p", DataTypes.BooleanType)
          .add("v", SQLDataTypes.VectorType());

  private static final AtomicInteger FOLDERS = new AtomicInteger();

  @TempDir static Path directory;

  @Test
  void relationsOfExactFitsHold() throws Exception {
    Rounds.run("metamorphic", 24, MetamorphicTest::round);
  }

  private static String round(RandomGenerator random) throws IOException {
    Dataset<Row> frame = frame(random);
    boolean areVectors = random.nextInt(4) == 0;
    boolean areGrouped = random.nextInt(4) == 0;
    boolean areWeighted = random.nextBoolean();
    BatchNorm stage = stage(areVectors);
    if (areGrouped) {
      stage.setGroupCols("k");
    }
    if (areWeighted) {
      stage.setWeightCol("w");
    }
    String relation =
        switch (random.nextInt(8)) {
          case 0 -> predicate(stage, frame, random);
          case 1 -> permutation(stage, frame, random);
          case 2 -> stored(stage, frame, random);
          case 3 -> copies(stage, frame);
          case 4 -> areVectors ? permutation(stage, frame, random) : scaled(stage, frame, random);
          case 5 -> sources(stage, frame);
          case 6 -> difference(stage, frame, random);
          default -> updates(stage, frame, random);
        };
    return relation + (areVectors ? ", vectors" : ", columns") + (areGrouped ? ", groups" : "");
  }

  private static BatchNorm stage(boolean ofVectors) {
    BatchNorm stage = new BatchNorm().setHandleInvalid("keep").setOutputCol("out");
    return ofVectors ? stage.setInputCol("v") : stage.setInputCols("a", "b");
  }

  /** Every side of the predicate has rows of two groups. */
  private static Dataset<Row> frame(RandomGenerator random) {
    List<Row> rows = new ArrayList<>();
    int size = 12 + random.nextInt(20);
    for (int i = 0; i < size; i++) {
      Double b = random.nextInt(6) == 0 ? null : number(random);
      Boolean side = i % 3 == 0 ? null : (Boolean) (i % 3 == 1);
      double a = number(random);
      rows.add(
          RowFactory.create(
              a,
              b,
              1 + random.nextInt(4),
              i / 3 % 2 == 0 ? "x" : "é",
              side,
              random.nextBoolean()
                  ? Vectors.dense(a, 0, 1)
                  : Vectors.sparse(3, new int[] {1}, new double[] {a})));
    }
    return SESSION.createDataFrame(rows, SCHEMA);
  }

  private static double number(RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextInt(100) * 0.1;
      case 1 -> random.nextGaussian() * 1e100;
      case 2 -> random.nextGaussian() * 1e-100;
      case 3 -> -0.0;
      default -> random.nextGaussian();
    };
  }

  private static String predicate(BatchNorm stage, Dataset<Row> frame, RandomGenerator random) {
    List<BatchNormModel> parts = new ArrayList<>();
    for (String side : List.of("p", "not p", "p is null")) {
      parts.add(stage.fit(frame.where(side)));
    }
    Collections.shuffle(parts, new Random(random.nextLong()));
    assertSame(stage.fit(frame), BatchNormModel.merge(parts));
    return "p, not p, p is null";
  }

  private static String permutation(BatchNorm stage, Dataset<Row> frame, RandomGenerator random) {
    Dataset<Row> other = frame.orderBy(rand(random.nextLong()));
    other =
        switch (random.nextInt(3)) {
          case 0 -> other.repartition(1 + random.nextInt(7));
          case 1 -> other.coalesce(1);
          default -> other.repartition(3, col("k"));
        };
    if (random.nextBoolean()) {
      other.cache();
    }
    assertSame(stage.fit(frame), stage.fit(other));
    other.unpersist();
    return "permutation, partitions, cache";
  }

  private static String stored(BatchNorm stage, Dataset<Row> frame, RandomGenerator random)
      throws IOException {
    Path folder = directory.resolve("table-" + FOLDERS.incrementAndGet());
    boolean isParquet = random.nextBoolean() || stage.isSet(stage.inputCol());
    String format = isParquet ? "parquet" : "orc";
    String codec = CODECS[random.nextInt(isParquet ? CODECS.length : 2)];
    boolean hasDictionary = random.nextBoolean();
    // Spark 4 misreads strings that have neither a dictionary nor compression in pages of version
    // 2.
    boolean isVersion2 = random.nextBoolean() && (hasDictionary || !codec.equals("none"));
    Dataset<Row> written = isParquet ? frame : frame.drop("v");
    written
        .repartition(1 + random.nextInt(3))
        .write()
        .format(format)
        .option("compression", codec)
        .option("parquet.enable.dictionary", hasDictionary)
        .option("parquet.writer.version", isVersion2 ? "v2" : "v1")
        .save(folder.toString());
    assertSame(stage.fit(frame), stage.fit(SESSION.read().format(format).load(folder.toString())));
    FileUtils.deleteDirectory(folder.toFile());
    return "stored as " + format;
  }

  /** The number of rows differs, so only statistics are compared. */
  private static String copies(BatchNorm stage, Dataset<Row> frame) {
    stage.setWeightCol("w");
    BatchNormModel weighted = stage.fit(frame);
    stage.clear(stage.weightCol());
    BatchNormModel copied =
        stage.fit(frame.withColumn("copy", explode(array_repeat(lit(1), col("w")))));
    assertEquals(statistics(copied), statistics(weighted));
    return "weight w is w copies";
  }

  private static String scaled(BatchNorm stage, Dataset<Row> frame, RandomGenerator random) {
    int k = random.nextInt(-50, 50);
    Dataset<Row> ordinary =
        frame.withColumn("a", expr("3 + abs(a) % 1000")).withColumn("b", col("a"));
    Dataset<Row> scaled =
        ordinary.withColumn("a", col("a").multiply(Math.scalb(1.0, k))).withColumn("b", col("a"));
    BatchNormModel before = stage.fit(ordinary);
    BatchNormModel after = stage.fit(scaled);
    for (int j = 0; j < 2; j++) {
      assertEquals(Math.scalb(before.mean().apply(j), k), after.mean().apply(j));
      assertEquals(Math.scalb(before.variance(0)[j], 2 * k), after.variance(0)[j]);
      assertEquals(Math.scalb(before.variance(1)[j], 2 * k), after.variance(1)[j]);
    }
    return "scaling by 2^k";
  }

  private static String sources(BatchNorm stage, Dataset<Row> frame) throws IOException {
    Path folder = directory.resolve("table-" + FOLDERS.incrementAndGet());
    frame.write().parquet(folder.toString());
    Dataset<Row> read = SESSION.read().parquet(folder.toString());
    BatchNormModel expected = stage.fit(frame);
    // Groups of vectors are read row by row.
    boolean areRows = stage.isSet(stage.inputCol()) && stage.isSet(stage.groupCols());
    for (String source :
        areRows ? List.of("rows", "public") : List.of("columns", "rows", "public")) {
      assertSame(expected, ForcedSource.with(SESSION, source, () -> stage.fit(read)));
    }
    FileUtils.deleteDirectory(folder.toFile());
    return "columns, rows, public API";
  }

  private static String difference(BatchNorm stage, Dataset<Row> frame, RandomGenerator random) {
    BatchNormModel all = stage.fit(frame);
    String taken = List.of("p", "not p", "p is null").get(random.nextInt(3));
    Dataset<Row> part = frame.where(taken);
    BatchNormModel rest = stage.fit(frame.where("not coalesce(" + taken + ", false)"));
    assertRemains(rest, all.subtract(stage.fit(part)));
    assertRemains(rest, all.update(part, part.union(part)));
    return "what remains";
  }

  private static String updates(BatchNorm stage, Dataset<Row> frame, RandomGenerator random) {
    List<String> sides = new ArrayList<>(List.of("p", "not p", "p is null"));
    Collections.shuffle(sides, new Random(random.nextLong()));
    BatchNormModel model = stage.fit(frame.where(sides.get(0)));
    model = model.update(frame.where(sides.get(1)));
    model = model.update(frame.where(sides.get(2)));
    assertSame(stage.fit(frame), model);
    return "updates in any order";
  }

  private static void assertSame(BatchNormModel expected, BatchNormModel found) {
    assertEquals(sums(expected), sums(found));
    assertEquals(statistics(expected), statistics(found));
  }

  /** Requires the same but for minimum and maximum, which may be unknown. */
  private static void assertRemains(BatchNormModel expected, BatchNormModel found) {
    assertEquals(sums(expected, Tables::withoutExtremes), sums(found, Tables::withoutExtremes));
    SameFit.assertSameBitsOfTheRest(expected, found);
    SameFit.assertSameSummaryOfTheRest(expected.summary(), found.summary());
  }

  private static List<Object> sums(BatchNormModel model) {
    return sums(model, UnaryOperator.identity());
  }

  private static List<Object> sums(BatchNormModel model, UnaryOperator<SavedSums> compared) {
    var moments = model.state().learned().moments().orElseThrow();
    return Stream.concat(
            Stream.of(moments.rows(), moments.rowWeight()),
            IntStream.range(0, model.numFeatures()).mapToObj(moments::feature).map(compared))
        .toList();
  }

  private static List<Object> statistics(BatchNormModel model) {
    return List.of(
        model.mean(),
        Vectors.dense(model.variance(0)),
        Vectors.dense(model.variance(1)),
        model.summary().collectAsList().stream().map(Row::toString).sorted().toList());
  }
}
