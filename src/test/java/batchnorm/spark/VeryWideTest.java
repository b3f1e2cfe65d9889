package batchnorm.spark;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.Jobs;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** More features than one slice has, so that moments are merged in slices. */
class VeryWideTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final StructType SCHEMA =
      new StructType()
          .add("v", SQLDataTypes.VectorType())
          .add("w", DataTypes.DoubleType)
          .add("row", DataTypes.IntegerType);

  /** A slice of 4,096 features, the smallest. */
  private static final int SMALL = 1 << 20;

  private static final int ONE_SLICE = Integer.MAX_VALUE;

  /** Two slices and a part of one. */
  private static final int FEATURES = 2 * 4096 + 100;

  /** More than a task may touch before it sends what it has: 16 slices. */
  private static final int VERY_MANY = 16 * 4096 + 3000;

  private static final int ROWS = 40;

  @TempDir private Path directory;

  private enum Rows {
    SPARSE,
    DENSE,
    BOTH,
    WITH_MISSING,
    WITHOUT_VALUES_AT_THE_END
  }

  @ParameterizedTest
  @EnumSource(Rows.class)
  void slicesGiveTheBitsOfOneTree(Rows rows) {
    Dataset<Row> frame = frame(rows, FEATURES, 7);
    BatchNormModel expected = stage(ONE_SLICE).fit(frame.coalesce(1));
    for (Dataset<Row> same : List.of(frame, frame.repartition(3), frame.orderBy("row"))) {
      SameFit.assertSameBits(expected, stage(SMALL).fit(same));
    }
  }

  @ParameterizedTest
  @EnumSource(Rows.class)
  void integerWeightsAreRepeatedRows(Rows rows) {
    Dataset<Row> frame = frame(rows, FEATURES, 3);
    Dataset<Row> repeated =
        frame.withColumn(
            "copy", org.apache.spark.sql.functions.expr("explode(sequence(1, int(w)))"));
    SameFit.assertSameBits(stage(SMALL).fit(repeated), stage(SMALL).setWeightCol("w").fit(frame));
  }

  @ParameterizedTest
  @EnumSource(
      value = Rows.class,
      names = {"SPARSE", "DENSE"})
  void aTaskThatTouchesVeryManyFeaturesSendsThemInParts(Rows rows) {
    Dataset<Row> frame = frame(rows, VERY_MANY, 1);
    SameFit.assertSameBits(stage(ONE_SLICE).fit(frame), stage(SMALL).fit(frame));
  }

  @Test
  void filesGiveTheSame() {
    Dataset<Row> frame = frame(Rows.WITH_MISSING, FEATURES, 3);
    BatchNormModel expected = stage(ONE_SLICE).fit(frame);
    SameFit.assertSameBitsOfEverySource(stage(SMALL), parquet(frame, "rows"), expected);
  }

  @Test
  void onlyVeryWideRowsNeedASecondJob() {
    Dataset<Row> wide = frame(Rows.SPARSE, FEATURES, 3).localCheckpoint();
    Dataset<Row> narrow = frame(Rows.SPARSE, 4096, 3).localCheckpoint();
    assertEquals(2, Jobs.descriptions(SESSION, () -> stage(SMALL).fit(wide)).size());
    assertEquals(1, Jobs.descriptions(SESSION, () -> stage(ONE_SLICE).fit(wide)).size());
    assertEquals(1, Jobs.descriptions(SESSION, () -> stage(SMALL).fit(narrow)).size());
  }

  @ParameterizedTest
  @EnumSource(Rows.class)
  void filesThatTellHowWideTheirRowsAreNeedNoSecondJob(Rows rows) {
    Dataset<Row> files = parquet(frame(rows, FEATURES, 3), "rows");
    List<BatchNormModel> fitted = new ArrayList<>();
    List<String> jobs = Jobs.descriptions(SESSION, () -> fitted.add(stage(SMALL).fit(files)));
    assertEquals(1, jobs.size(), jobs::toString);
    SameFit.assertSameBits(stage(ONE_SLICE).fit(files), fitted.get(0));
  }

  @Test
  void arraysInFilesTellHowWideTheyAre() {
    Dataset<Row> files =
        parquet(
            frame(Rows.DENSE, FEATURES, 3).select(vector_to_array(col("v"), "float32").as("v")),
            "arrays");
    List<BatchNormModel> fitted = new ArrayList<>();
    List<String> jobs = Jobs.descriptions(SESSION, () -> fitted.add(stage(SMALL).fit(files)));
    assertEquals(1, jobs.size(), jobs::toString);
    SameFit.assertSameBits(stage(ONE_SLICE).fit(files), fitted.get(0));
  }

  /** The footer that is read is that of a file that a filter on its folder rules out. */
  @Test
  void rowsMayBeNarrowerThanAFileTells() {
    String path = directory.resolve("both").toString();
    frame(Rows.DENSE, FEATURES, 1).write().parquet(path + "/p=0");
    Dataset<Row> narrow = frame(Rows.WITH_MISSING, 5500, 1).coalesce(1);
    narrow.write().parquet(path + "/p=1");
    Dataset<Row> files = SESSION.read().parquet(path);
    SameFit.assertSameBits(
        stage(ONE_SLICE).fit(narrow), stage(SMALL).fit(files.where("p = 1").select("v")));
    assertEquals(refused(ONE_SLICE, files), refused(SMALL, files));
    assertEquals(refused(ONE_SLICE, files.where("p = 7")), refused(SMALL, files.where("p = 7")));
  }

  /** Such a number is no reason for thousands of tasks that merge slices. */
  @Test
  void moreFeaturesThanADriverHoldsAreRefusedByTheTasksThatReadThem() {
    Dataset<Row> rows = one(Vectors.sparse(Integer.MAX_VALUE, new int[] {3}, new double[] {1}), 1);
    Dataset<Row> files = parquet(rows.union(rows).coalesce(1), "widest");
    String expected = refused(ONE_SLICE, rows.union(rows));
    assertTrue(expected.contains("of size 2147483647"), expected);
    // The task that finds the size, and the one that reads the rows for their faults.
    assertEquals(2, Jobs.tasks(SESSION, () -> assertEquals(expected, refused(SMALL, files))));
  }

  /** Rows with a vector that cannot be read after one at which a task ends. */
  static Stream<List<Row>> wideRowsBeforeAMalformedOne() {
    Row narrow = RowFactory.create((byte) 1, null, null, new double[] {1, 2});
    Row wide = RowFactory.create((byte) 0, FEATURES, new int[] {3}, new double[] {1});
    Row widest = RowFactory.create((byte) 0, Integer.MAX_VALUE, new int[] {3}, new double[] {1});
    Row malformed = RowFactory.create((byte) 0, 3, new int[] {7}, new double[] {1});
    return Stream.of(
        List.of(narrow, wide, malformed),
        List.of(narrow, widest, malformed),
        List.of(widest, malformed),
        List.of(wide, narrow, malformed));
  }

  @ParameterizedTest
  @MethodSource("wideRowsBeforeAMalformedOne")
  void theErrorIsThatOfAllRows(List<Row> vectors) {
    String path = directory.resolve("malformed").toString();
    Frames.of(
            new StructType().add("v", Frames.VECTOR_STRUCT),
            vectors.stream().map(RowFactory::create).toList())
        .coalesce(1)
        .write()
        .parquet(path);
    Dataset<Row> files =
        SESSION.read().schema(new StructType().add("v", SQLDataTypes.VectorType())).parquet(path);
    for (String source : List.of("columns", "rows", "public")) {
      String text = ForcedSource.with(SESSION, source, () -> SameFit.message(stage(SMALL), files));
      assertEquals(
          "Column 'v' has a malformed vector in partition 0: it has index 7 and size 3, expected 0 to "
              + "2. Filter such rows, or rebuild the vectors.",
          text,
          source);
    }
  }

  /** Very wide rows with one fault each, which narrow rows can have, too. */
  static Stream<Dataset<Row>> wrongRows() {
    Dataset<Row> right = frame(Rows.SPARSE, FEATURES, 2);
    Vector other = Vectors.sparse(FEATURES + 5000, new int[] {3}, new double[] {1});
    Vector narrow = Vectors.dense(1, 2);
    Vector missing = Vectors.sparse(FEATURES, new int[] {4100}, new double[] {Double.NaN});
    Vector right1 = Vectors.sparse(FEATURES, new int[] {1}, new double[] {1});
    return Stream.of(
        right.coalesce(1).union(one(other, 1)).coalesce(1),
        right.coalesce(1).union(one(narrow, 1)).coalesce(1),
        one(narrow, 1).union(right.coalesce(1)).coalesce(1),
        right.union(one(missing, 1)),
        right.union(one(right1, -1)),
        right.union(one(right1, Double.NaN)),
        one(right1, 1),
        right.limit(0));
  }

  @ParameterizedTest
  @MethodSource("wrongRows")
  void faultsHaveTheTextsOfNarrowData(Dataset<Row> rows) {
    assertEquals(refused(ONE_SLICE, rows), refused(SMALL, rows));
  }

  @Test
  void aModelOfVeryManyFeaturesComesBack() throws Exception {
    BatchNormModel model = stage(SMALL).fit(frame(Rows.WITH_MISSING, 5 * 4096 + 7, 3));
    String path = directory.resolve("model").toString();
    model.save(path);
    BatchNormModel loaded = BatchNormModel.load(path);
    SameFit.assertSameBits(model, loaded);
    assertEquals(model.summary().collectAsList(), loaded.summary().collectAsList());

    // Rows may come in any order and from any number of files.
    Dataset<Row> data = SESSION.read().parquet(path + "/data").orderBy(col("mean")).repartition(5);
    data.write().parquet(directory.resolve("shuffled").toString());
    Path metadata = directory.resolve("model/metadata");
    try (Stream<Path> files = Files.list(metadata)) {
      Files.createDirectories(directory.resolve("other/metadata"));
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve("other/metadata").resolve(file.getFileName()));
      }
    }
    Files.move(directory.resolve("shuffled"), directory.resolve("other/data"));
    SameFit.assertSameBits(model, BatchNormModel.load(directory.resolve("other").toString()));
  }

  private static BatchNorm stage(int maxSliceBytes) {
    return new BatchNorm()
        .setInputCol("v")
        .setOutputCol("out")
        .setWithMean(false)
        .setHandleInvalid("keep")
        .setMaxSliceBytes(maxSliceBytes);
  }

  private Dataset<Row> parquet(Dataset<Row> frame, String name) {
    String path = directory.resolve(name).toString();
    frame.write().parquet(path);
    return SESSION.read().parquet(path);
  }

  private static String refused(int maxSliceBytes, Dataset<Row> rows) {
    BatchNorm stage = stage(maxSliceBytes).setHandleInvalid("error").setWeightCol("w");
    return SameFit.message(stage, rows);
  }

  private static Dataset<Row> one(Vector vector, double weight) {
    return SESSION.createDataFrame(List.of(RowFactory.create(vector, weight, ROWS)), SCHEMA);
  }

  private static Dataset<Row> frame(Rows rows, int features, int partitions) {
    SplittableRandom random = new SplittableRandom(features);
    List<Row> frame = new ArrayList<>();
    for (int i = 0; i < (features == VERY_MANY ? 3 : ROWS); i++) {
      frame.add(RowFactory.create(vector(rows, i, features, random), 1.0 + i % 3, i));
    }
    return SESSION.createDataFrame(frame, SCHEMA).repartition(partitions);
  }

  private static Vector vector(Rows rows, int i, int features, SplittableRandom random) {
    boolean dense = rows == Rows.DENSE || (rows != Rows.SPARSE && i % 3 == 0);
    if (rows == Rows.WITH_MISSING && i % 5 == 0) {
      return null;
    }
    int used = rows == Rows.WITHOUT_VALUES_AT_THE_END ? 5000 : features;
    double[] values = new double[features];
    Arrays.setAll(values, j -> j < used && (dense || random.nextInt(3) == 0) ? value(random) : 0);
    if (rows == Rows.WITH_MISSING) {
      values[i] = Double.NaN;
      values[i + 5000] = Double.NEGATIVE_INFINITY;
    }
    if (dense) {
      return Vectors.dense(values);
    }
    int[] stored = IntStream.range(0, features).filter(j -> values[j] != 0).toArray();
    return Vectors.sparse(
        features, stored, Arrays.stream(stored).mapToDouble(j -> values[j]).toArray());
  }

  /** Returns a value of any of many magnitudes, so that a sum in another order has other digits. */
  private static double value(SplittableRandom random) {
    return random.nextDouble(-1, 1) * Math.scalb(1.0, random.nextInt(-30, 30));
  }
}
