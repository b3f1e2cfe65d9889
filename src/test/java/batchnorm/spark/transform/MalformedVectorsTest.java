package batchnorm.spark.transform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.SameFit;
import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.errors.BatchNormException;
import batchnorm.spark.fit.InternalRows;
import batchnorm.spark.fit.RowCollector;
import batchnorm.spark.fit.RowLayout;
import batchnorm.spark.fit.RowReader;
import batchnorm.spark.fit.VectorNulls;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Vectors that no Spark writes: whatever reads them says the same, or reads them right. */
class MalformedVectorsTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final int SIZE = 4;

  /** The schema that files are read with. */
  private static final StructType SCHEMA =
      new StructType()
          .add("g", DataTypes.IntegerType)
          .add("v", SQLDataTypes.VectorType())
          .add("s", new StructType().add("v", SQLDataTypes.VectorType()));

  private static final Map<String, Struct> MALFORMED = new LinkedHashMap<>();

  /** The vectors that are read from the last folders, each with a null among its values. */
  private static final List<Vector> NULL_AS_NAN =
      List.of(
          Vectors.sparse(SIZE, new int[] {0, 3}, new double[] {2, Double.NaN}),
          Vectors.dense(2, 0, Double.NaN, 8));

  static {
    MALFORMED.put(
        "it has index -1 and size 4, expected 0 to 3", sparse(SIZE, ints(-1, 2), doubles(5, 6)));
    MALFORMED.put(
        "it has index 4 and size 4, expected 0 to 3", sparse(SIZE, ints(1, 4), doubles(5, 6)));
    MALFORMED.put(
        "it has index 2147483647 and size 4, expected 0 to 3",
        sparse(SIZE, ints(Integer.MAX_VALUE, 0), doubles(5, 6)));
    MALFORMED.put("it has index 0 and size 0, expected no index", sparse(0, ints(0), doubles(5)));
    MALFORMED.put(
        "it has index 2 more than once, expected each index once",
        sparse(SIZE, ints(2, 2), doubles(5, 6)));
    MALFORMED.put(
        "it has index 1 more than once, expected each index once",
        sparse(SIZE, ints(1, 3, 1), doubles(5, 6, 7)));
    MALFORMED.put(
        "it has 3 indices and 1 values, expected as many of both",
        sparse(SIZE, ints(0, 1, 3), doubles(5)));
    MALFORMED.put(
        "it has 1 indices and 3 values, expected as many of both",
        sparse(SIZE, ints(0), doubles(5, 6, 7)));
    MALFORMED.put(
        "one of its indices is null, expected numbers",
        sparse(SIZE, new Integer[] {0, null}, doubles(5, 6)));
    MALFORMED.put(
        "it is sparse and its indices are null, expected an array",
        sparse(SIZE, null, doubles(5, 6)));
    MALFORMED.put("its values are null, expected an array", sparse(SIZE, ints(0), null));
    MALFORMED.put(
        "its size is -3, expected a number of at least 0", sparse(-3, ints(0), doubles(5)));
    MALFORMED.put(
        "it is sparse and its size is null, expected a number of at least 0",
        sparse(null, ints(0), doubles(5)));
    MALFORMED.put(
        "its type is 7, expected 0 (sparse) or 1 (dense)",
        new Struct((byte) 7, null, null, doubles(1, 2, 3, 4)));
    MALFORMED.put(
        "its type is null, expected 0 (sparse) or 1 (dense)",
        new Struct(null, SIZE, ints(0), doubles(5)));
  }

  @TempDir static Path directory;

  /** The parts of a vector; each may be null. */
  private record Struct(Byte type, Integer size, Integer[] indices, Double[] values) {
    /** Returns the vector in Spark's internal form, {@code unsafe} or as objects. */
    InternalRow row(boolean unsafe) {
      InternalRow row =
          new GenericInternalRow(
              new Object[] {
                type,
                size,
                indices == null ? null : new GenericArrayData(indices),
                values == null ? null : new GenericArrayData(values)
              });
      return unsafe ? UnsafeProjection.create(Frames.VECTOR_STRUCT).apply(row) : row;
    }
  }

  @BeforeAll
  static void writeOneFolderForEachFault() {
    List<Row> rows = new ArrayList<>();
    int fault = 0;
    for (Struct struct : MALFORMED.values()) {
      add(rows, fault++, struct);
    }
    add(rows, fault++, sparse(SIZE, ints(3, 0), doubles(8, 2)));
    add(rows, fault++, sparse(SIZE, ints(0, 3), new Double[] {2.0, null}));
    add(rows, fault, dense(2.0, 0.0, null, 8.0));
    StructType schema =
        new StructType()
            .add("fault", DataTypes.IntegerType)
            .add("g", DataTypes.IntegerType)
            .add("v", Frames.VECTOR_STRUCT);
    Frames.of(schema, rows)
        .withColumn("s", struct("v"))
        .write()
        .partitionBy("fault")
        .parquet(path());
  }

  /** Three good rows, then one that is not. */
  private static void add(List<Row> rows, int fault, Struct last) {
    for (Struct struct :
        List.of(
            dense(1.0, 0.0, 3.0, 4.0),
            sparse(SIZE, ints(1, 2), doubles(7, 1)),
            sparse(SIZE, ints(), doubles()),
            last)) {
      rows.add(
          RowFactory.create(
              fault,
              1,
              RowFactory.create(struct.type, struct.size, struct.indices, struct.values)));
    }
  }

  static Stream<Arguments> malformed() {
    List<String> faults = List.copyOf(MALFORMED.keySet());
    return faults.stream().map(fault -> Arguments.of(faults.indexOf(fault), fault));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("malformed")
  void fitsAndTransformsRefuseTheSameVectors(int folder, String fault) {
    String expected =
        "Column 'v' has a malformed vector in partition 0: "
            + fault
            + ". Filter such rows, or rebuild the vectors.";
    Dataset<Row> stored = stored(folder);
    for (String handling : List.of("error", "skip")) {
      BatchNorm stage = stage().setHandleInvalid(handling);
      assertEquals(expected, SameFit.message(stage, stored));
      assertEquals(expected, SameFit.message(stage, stored.where("g > 0")));
      assertEquals(
          expected, ForcedSource.with(SESSION, "public", () -> SameFit.message(stage, stored)));
      assertEquals(expected, SameFit.message(stage.setGroupCols("g"), stored));
    }
    BatchNormModel model = model();
    assertEquals(expected, refused(() -> model.transform(stored).collectAsList()));
    Struct struct = MALFORMED.get(fault);
    for (boolean unsafe : new boolean[] {true, false}) {
      InternalRow row = struct.row(unsafe);
      for (Coefficients map : List.of(map(0), map(1))) {
        assertEquals(expected, refused(() -> vectorMapper(map).apply(row, map)));
      }
      assertEquals(expected, refused(() -> vectorMapper().read(row, 0)));
      assertEquals(expected, refused(() -> vectorMapper().isFinite(row)));
    }
  }

  @Test
  void thePartitionIsThatOfTheRow() {
    List<InternalRow> rows = new ArrayList<>();
    for (Struct struct :
        List.of(dense(1.0, 2.0), dense(3.0, 4.0), sparse(2, ints(2), doubles(1)))) {
      rows.add(new GenericInternalRow(new Object[] {struct.row(false)}));
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(SESSION.sparkContext());
    Dataset<Row> frame =
        ClassicSpark.dataset(
            SESSION,
            context.parallelize(rows, 3),
            new StructType().add("v", SQLDataTypes.VectorType()));
    String text = SameFit.message(stage().setHandleInvalid("keep"), frame);
    assertEquals(
        "Column 'v' has a malformed vector in partition 2: it has index 2 and size 2, expected 0 to "
            + "1. Filter such rows, or rebuild the vectors.",
        text);
  }

  @Test
  void vectorsOfMoreFeaturesThanTheDriverCanHoldAreRefused() {
    int size = Integer.MAX_VALUE;
    Vector wide = Vectors.sparse(size, new int[] {3}, new double[] {1});
    Dataset<Row> frame =
        Frames.column("v", SQLDataTypes.VectorType(), List.of(wide, wide, wide))
            .withColumn("g", functions.lit(1))
            .coalesce(1);
    String expected =
        "Column 'v' has vectors of size 2147483647, first seen in partition 0: their means and "
            + "variances take 32767 MiB; expected at most the heap of the driver, "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB. Filter malformed vectors, or give the driver more memory "
            + "(spark.driver.memory).";
    assertEquals(expected, SameFit.message(stage(), frame));
    assertEquals(expected, SameFit.message(stage().setGroupCols("g"), frame));
  }

  @Test
  void aRowOfWeightZeroIsNoRow() {
    RowCollector collector = new RowCollector(0, HandleInvalid.ERROR);
    InternalRow vector = new GenericInternalRow(new Object[] {sparse(-1, null, null).row(false)});
    RowReader<InternalRow> reader = InternalRows.reader(new RowLayout(ColumnKind.VECTOR, 1, true));
    reader.read(vector, 0, collector);
    assertFalse(collector.collected().malformed().isPresent());
  }

  @Test
  void indicesInAnyOrderAreSorted() {
    Dataset<Row> stored = stored(MALFORMED.size());
    Dataset<Row> sorted = good(Vectors.sparse(SIZE, new int[] {0, 3}, new double[] {2, 8}));
    assertSameFits(stored, sorted, "error");
    BatchNormModel model = stage().setWithMean(false).setOutputCol("n").fit(sorted);
    assertEquals(
        model.transform(sorted).select("n").collectAsList(),
        model.transform(stored).select("n").collectAsList());
    assertEquals(8, vectorMapper().read(sparse(SIZE, ints(3, 0), doubles(8, 2)).row(true), 3));
  }

  @Test
  void aNullAmongTheValuesIsMissing() {
    Vector sparse = NULL_AS_NAN.get(0);
    Vector dense = NULL_AS_NAN.get(1);
    for (Vector expected : NULL_AS_NAN) {
      Dataset<Row> stored = stored(nulls() + (expected == sparse ? 0 : 1));
      for (String handling : List.of("keep", "skip")) {
        assertSameFits(stored, good(expected), handling);
        BatchNormModel model = stage().setHandleInvalid(handling).fit(good(expected));
        assertEquals(
            model.transform(good(expected)).select("n").collectAsList().toString(),
            model.transform(stored).select("n").collectAsList().toString());
      }
      String missing = expected == sparse ? "v[3]" : "v[2]";
      assertEquals(SameFit.message(stage(), good(expected)), SameFit.message(stage(), stored));
      assertEquals(
          SameFit.message(stage(), good(expected)),
          SameFit.message(stage(), stored.where("g > 0")));
      assertEquals(
          "Column '"
              + missing
              + "' has a missing value (null or NaN); handleInvalid is 'error'. Set handleInvalid to "
              + "'skip' to drop such rows or to 'keep' to keep them missing, or clean the data.",
          refused(() -> model().transform(stored).collectAsList()));
    }
    double[] elements = new double[SIZE];
    VectorMapper keeping = new VectorMapper(maps(map(1)), List.of("v"), false);
    for (int j = 0; j < SIZE; j++) {
      elements[j] = keeping.read(dense(2.0, 0.0, null, 8.0).row(true), j);
    }
    assertArrayEquals(dense.toArray(), elements);
    assertFalse(vectorMapper().isFinite(dense(2.0, null).row(true)));
    assertFalse(
        vectorMapper().isFinite(sparse(SIZE, ints(0, 1), new Double[] {2.0, null}).row(true)));
  }

  /** A setting and a query with which Spark copies vectors before they are read. */
  private record Reading(String setting, Object value, UnaryOperator<Dataset<Row>> query) {}

  static Stream<Arguments> readings() {
    String vectorized = "spark.sql.parquet.enableVectorizedReader";
    String broadcast = "spark.sql.autoBroadcastJoinThreshold";
    UnaryOperator<Dataset<Row>> asTheyAre = UnaryOperator.identity();
    return Stream.of(
        Arguments.of("in batches", new Reading(broadcast, 1 << 20, asTheyAre)),
        Arguments.of("for joined groups", new Reading(broadcast, -1, asTheyAre)),
        Arguments.of("row by row", new Reading(vectorized, false, asTheyAre)),
        Arguments.of("in ORC", new Reading(vectorized, true, rows -> inOrc())),
        Arguments.of("in a wide table", new Reading("spark.sql.codegen.maxFields", 1, asTheyAre)),
        Arguments.of(
            "without whole-stage code",
            new Reading("spark.sql.codegen.wholeStage", false, asTheyAre)),
        Arguments.of("after a shuffle", new Reading(vectorized, true, rows -> rows.repartition(1))),
        Arguments.of(
            "after a join",
            new Reading(broadcast, -1, rows -> rows.join(rows.select("g").distinct(), "g"))),
        Arguments.of(
            "in a struct",
            new Reading(
                vectorized,
                true,
                rows -> rows.select("s", "g").repartition(1).select("s.v", "g"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readings")
  void nullsAreMissingWhereSparkCopiesVectors(String name, Reading reading) {
    Dataset<Row> good = good(NULL_AS_NAN.get(0)).union(good(NULL_AS_NAN.get(1)));
    SESSION.conf().set(reading.setting, reading.value.toString());
    try {
      Dataset<Row> read = reading.query.apply(stored(nulls(), nulls() + 1));
      BatchNorm stage = stage().setHandleInvalid("keep");
      BatchNormModel model = stage.fit(good);
      SameFit.assertSameBits(model, stage.fit(read));
      assertEquals(images(model, good), images(model, read));
      BatchNormModel ofGroups = stage.setGroupCols("g").fit(good);
      SameFit.assertSameBits(ofGroups, stage.fit(read));
      assertEquals(images(ofGroups, good), images(ofGroups, read));
      BatchNormModel restoring = toElements();
      assertEquals(6, images(restoring.setHandleInvalid("skip"), read).size());
      assertEquals(images(restoring.setHandleInvalid("keep"), good), images(restoring, read));
      restoring.setHandleInvalid("error");
      String text = refused(() -> images(restoring, read));
      assertTrue(text.contains("has a missing value (null or NaN)"), text);
    } finally {
      SESSION.conf().unset(reading.setting);
    }
  }

  @Test
  void vectorsThatSparkHasCachedAreReadFromTheCache() {
    Dataset<Row> cached = stored(nulls()).where("g = 1").cache();
    try {
      assertSame(cached, VectorNulls.kept(cached));
      Dataset<Row> other = stored(nulls() + 1);
      Dataset<?> both = VectorNulls.kept(cached.union(other));
      String plan = ClassicSpark.query(both).executedPlan().toString();
      assertTrue(plan.contains("InMemoryTableScan"), plan);
      assertNotSame(other, VectorNulls.kept(other));
    } finally {
      cached.unpersist();
    }
  }

  /** Maps a vector to a column for each of its elements. */
  private static BatchNormModel toElements() {
    return BatchNormModel.of(Vectors.dense(1, 2, 3, 4), Vectors.dense(1, 4, 9, 16))
        .setInputCols("a", "b", "c", "d")
        .setOutputCol("v")
        .inverse();
  }

  private static List<String> images(BatchNormModel model, Dataset<Row> rows) {
    return sorted(model.transform(rows).drop("v", "s", "g"));
  }

  private static List<String> sorted(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  /** The same bits by columns, by rows and by groups. */
  private static void assertSameFits(Dataset<Row> stored, Dataset<Row> good, String handling) {
    BatchNorm stage = stage().setHandleInvalid(handling);
    BatchNormModel expected = stage.fit(good);
    BatchNormModel found = stage.fit(stored);
    assertEquals("COLUMNS", SameFit.path(found));
    SameFit.assertSameBits(expected, found);
    SameFit.assertSameBits(expected, stage.fit(stored.where("g > 0")));
    SameFit.assertSameBits(expected, ForcedSource.with(SESSION, "public", () -> stage.fit(stored)));
    SameFit.assertSameBits(expected, stage.setGroupCols("g").fit(stored));
  }

  private static Dataset<Row> good(Vector last) {
    return Frames.column(
            "v",
            SQLDataTypes.VectorType(),
            List.of(
                Vectors.dense(1, 0, 3, 4),
                Vectors.sparse(SIZE, new int[] {1, 2}, new double[] {7, 1}),
                Vectors.sparse(SIZE, new int[0], new double[0]),
                last))
        .withColumn("g", col("v").isNotNull().cast("int"));
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCol("v").setOutputCol("n");
  }

  private static BatchNormModel model() {
    return BatchNormModel.of(Vectors.dense(1, 2, 3, 4), Vectors.dense(1, 4, 9, 16))
        .setInputCol("v")
        .setOutputCol("n");
  }

  private static Coefficients map(double beta) {
    double[] map = new double[3 * SIZE];
    Arrays.fill(map, SIZE, 2 * SIZE, 2);
    Arrays.fill(map, 2 * SIZE, 3 * SIZE, beta);
    return Coefficients.of(map, map.length / 3);
  }

  private static Placement maps(Coefficients map) {
    return SameForAll.of(map, SESSION);
  }

  private static VectorMapper vectorMapper(Coefficients map) {
    return new VectorMapper(maps(map), List.of("v"), true);
  }

  private static VectorMapper vectorMapper() {
    return new VectorMapper(maps(map(1)), List.of("v"), true);
  }

  /** The message of the error below what Spark makes of it. */
  private static String refused(Supplier<?> action) {
    Throwable error = assertThrows(Exception.class, action::get);
    while (error.getCause() != null) {
      error = error.getCause();
    }
    assertEquals(BatchNormException.class, error.getClass());
    return error.getMessage();
  }

  /** The rows with nulls, written to ORC and read from there. */
  private static Dataset<Row> inOrc() {
    StructType stored =
        new StructType().add("g", DataTypes.IntegerType).add("v", Frames.VECTOR_STRUCT);
    String folder = directory.resolve("orc").toString();
    SESSION.read().schema(stored).parquet(paths(nulls(), nulls() + 1)).write().orc(folder);
    return SESSION.read().schema(SCHEMA).orc(folder);
  }

  private static int nulls() {
    return MALFORMED.size() + 1;
  }

  private static Dataset<Row> stored(int... faults) {
    return SESSION.read().schema(SCHEMA).parquet(paths(faults));
  }

  private static String[] paths(int... faults) {
    return Arrays.stream(faults)
        .mapToObj(fault -> path() + "/fault=" + fault)
        .toArray(String[]::new);
  }

  private static String path() {
    return directory.resolve("vectors").toString();
  }

  private static Struct dense(Double... values) {
    return new Struct((byte) 1, null, null, values);
  }

  private static Struct sparse(Integer size, Integer[] indices, Double[] values) {
    return new Struct((byte) 0, size, indices, values);
  }

  private static Integer[] ints(Integer... values) {
    return values;
  }

  private static Double[] doubles(double... values) {
    return Arrays.stream(values).boxed().toArray(Double[]::new);
  }
}
