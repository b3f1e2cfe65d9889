package batchnorm.spark;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However vectors and arrays are stored and read, their statistics are the same to the last bit.
 */
class VectorPathsTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String OFF_HEAP = "spark.sql.columnVector.offheap.enabled";
  private static final String BATCH_SIZE = "spark.sql.parquet.columnarReaderBatchSize";
  private static final int ROWS = 3000;
  private static final int SIZE = 5;

  @TempDir static Path directory;

  private static Dataset<Row> rows;

  /** Fits of the rows in memory, which all stores share. */
  private static final Map<List<String>, BatchNormModel> IN_MEMORY = new HashMap<>();

  private enum Store {
    PARQUET,
    PARQUET_WITHOUT_DICTIONARY,
    PARQUET_OFF_HEAP,
    PARQUET_IN_SMALL_BATCHES,
    ORC,
    CACHED,
    FILTERED;

    /** Spark gives no columns of a cache of arrays, and none of vectors in ORC. */
    String path(String column) {
      boolean array = column.equals("doubles") || column.equals("floats");
      return this == CACHED || this == FILTERED || (this == ORC && !array) ? "ROWS" : "COLUMNS";
    }
  }

  @BeforeAll
  static void writeTheSameRowsInEveryForm() {
    StructType schema =
        new StructType()
            .add("dense", SQLDataTypes.VectorType())
            .add("mixed", SQLDataTypes.VectorType())
            .add("repeated", SQLDataTypes.VectorType())
            .add("doubles", DataTypes.createArrayType(DataTypes.DoubleType))
            .add("floats", DataTypes.createArrayType(DataTypes.FloatType))
            .add("id", DataTypes.LongType);
    SplittableRandom random = new SplittableRandom(3);
    List<Row> made = new ArrayList<>();
    for (long id = 0; id < ROWS; id++) {
      double[] dense = random.doubles(SIZE, -1, 9).toArray();
      double[] other = random.doubles(SIZE, 0, 1).map(x -> x < 0.5 ? 0 : x).toArray();
      double[] repeated = random.ints(SIZE, 0, 3).asDoubleStream().toArray();
      Object[] doubles = Arrays.stream(dense).boxed().toArray();
      Object[] floats = Arrays.stream(other).mapToObj(x -> (float) x).toArray();
      int fault = (int) (id % 50);
      if (fault < SIZE) {
        dense[fault] = fault == 1 ? Double.POSITIVE_INFINITY : Double.NaN;
        other[fault] = fault == 2 ? Double.NEGATIVE_INFINITY : Double.NaN;
        doubles[fault] = null;
        floats[SIZE - 1 - fault] = fault == 3 ? Float.NaN : null;
      }
      Vector mixed = id % 3 == 0 ? Vectors.dense(other) : Vectors.dense(other).toSparse();
      boolean absent = fault > 45;
      made.add(
          RowFactory.create(
              absent ? null : Vectors.dense(dense),
              absent ? null : mixed,
              Vectors.dense(repeated),
              absent ? null : doubles,
              absent ? null : floats,
              id));
    }
    rows = Frames.of(schema, made).withColumns(weights()).localCheckpoint();
    rows.write().parquet(path("parquet"));
    rows.write().option("parquet.enable.dictionary", "false").parquet(path("plain"));
    rows.write().orc(path("orc"));
  }

  /** A weight of each type: whole numbers from 0 on, booleans, and fractions. */
  private static Map<String, Column> weights() {
    Column whole = col("id").mod(4);
    return Map.of(
        "byte", whole.cast("byte"),
        "short", whole.cast("short"),
        "int", whole.cast("int"),
        "long", whole,
        "float", whole.plus(0.1).cast("float"),
        "double", whole.plus(0.1),
        "decimal", whole.plus(0.1).cast("decimal(6,3)"),
        "boolean", whole.gt(0));
  }

  @AfterEach
  void resetSession() {
    SESSION.conf().unset(OFF_HEAP);
    SESSION.conf().unset(BATCH_SIZE);
    SESSION.catalog().clearCache();
  }

  /** A treatment of missing values, and a weight column or an empty name. */
  private record Rows(String handling, String weight) {
    /** Those of a store: all where Parquet is read as it is, each of both elsewhere. */
    static List<Rows> of(Store store) {
      List<Rows> each =
          List.of(new Rows("keep", ""), new Rows("skip", "long"), new Rows("keep", "double"));
      List<Rows> others =
          List.of(new Rows("skip", ""), new Rows("keep", "long"), new Rows("skip", "double"));
      return store == Store.PARQUET ? Stream.of(each, others).flatMap(List::stream).toList() : each;
    }
  }

  static Stream<Arguments> cases() {
    return Stream.of(Store.values())
        .flatMap(
            store ->
                Stream.of("dense", "mixed", "repeated", "doubles", "floats")
                    .map(column -> Arguments.of(store, column)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void statisticsAreTheSameBits(Store store, String column) {
    Dataset<Row> stored = stored(store);
    for (Rows one : Rows.of(store)) {
      BatchNorm stage = stage(column, one.weight()).setHandleInvalid(one.handling());
      BatchNormModel found = stage.fit(stored);
      assertEquals(store.path(column), SameFit.path(found));
      BatchNormModel expected =
          IN_MEMORY.computeIfAbsent(
              List.of(column, one.handling(), one.weight()), unused -> stage.fit(rows));
      SameFit.assertSameBits(expected, found);
      if (store == Store.PARQUET) {
        SameFit.assertSameBitsOfEverySource(stage, stored, found);
      }
    }
    BatchNorm refusing = stage(column, "");
    if (column.equals("repeated")) {
      SameFit.assertSameBits(refusing.fit(rows), refusing.fit(stored));
    } else {
      String message = SameFit.message(refusing, rows);
      assertEquals(message, SameFit.message(refusing, stored));
      assertEquals(
          message, ForcedSource.with(SESSION, "public", () -> SameFit.message(refusing, stored)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"byte", "short", "int", "long", "float", "double", "decimal", "boolean"})
  void weightsOfEveryTypeAreReadInColumns(String weight) {
    Dataset<Row> parquet = stored(Store.PARQUET);
    Dataset<Row> orc = stored(Store.ORC);
    assertSameInColumns(stage("dense", weight), parquet);
    assertSameInColumns(stage("floats", weight), parquet);
    assertSameInColumns(stage("doubles", weight), orc);
    BatchNorm numbers = new BatchNorm().setInputCols("id", "double").setWeightCol(weight);
    assertSameInColumns(numbers, parquet);
    assertSameInColumns(numbers, orc);
  }

  private static void assertSameInColumns(BatchNorm stage, Dataset<Row> stored) {
    stage.setHandleInvalid("keep");
    BatchNormModel found = stage.fit(stored);
    assertEquals("COLUMNS", SameFit.path(found));
    SameFit.assertSameBits(stage.fit(rows), found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc"})
  void faultsAreTheSameOnBothPaths(String format) {
    Dataset<Row> sizes =
        rows.select(array(lit(1.0), lit(2.0)).as("v"), col("id"), col("id").minus(2).as("negative"))
            .where("id < 10")
            .union(rows.select(array(lit(1.0)), col("id"), col("id")).where("id >= 10"))
            .coalesce(1);
    Dataset<Row> empty = rows.select(array().cast("array<float>").as("v"));
    Dataset<Row> absent = rows.select(lit(null).cast("array<double>").as("v"));
    assertSameFault(new BatchNorm().setInputCol("v"), sizes, format);
    assertSameFault(
        new BatchNorm().setInputCol("v").setWeightCol("negative"), sizes.limit(9), format);
    assertSameFault(new BatchNorm().setInputCol("v"), empty.coalesce(1), format);
    assertSameFault(
        new BatchNorm().setInputCol("v").setHandleInvalid("keep"), absent.coalesce(1), format);
  }

  private static void assertSameFault(BatchNorm stage, Dataset<Row> frame, String format) {
    String path = path("faults-" + format);
    frame.write().mode("overwrite").format(format).save(path);
    String message = SameFit.message(stage, frame);
    assertEquals(message, SameFit.message(stage, SESSION.read().format(format).load(path)));
    assertEquals(
        message, ForcedSource.with(SESSION, "public", () -> SameFit.message(stage, frame)));
  }

  /** A file that was written before the table got the column. */
  @ParameterizedTest
  @ValueSource(strings = {"dense", "doubles", "floats", "double", "int", "decimal"})
  void aFileWithoutTheColumnHasNullsOfIt(String column) {
    String path = path("evolved-" + column);
    rows.select("id").where("id < 100").write().parquet(path);
    rows.select("id", column).where("id >= 100").write().mode("append").parquet(path);
    Dataset<Row> evolved = SESSION.read().option("mergeSchema", true).parquet(path);
    Dataset<Row> expected = rows.withColumn(column, when(col("id").geq(100), col(column)));
    BatchNorm stage = new BatchNorm().setInputCol(column).setHandleInvalid("keep");
    BatchNormModel found = stage.fit(evolved);
    assertEquals("COLUMNS", SameFit.path(found));
    SameFit.assertSameBits(stage.fit(expected), found);
  }

  /** Rows that fill a block each, and rows that take more than one batch's memory. */
  @Test
  void veryLongArraysAreTheSameBits() {
    Dataset<Row> made =
        SESSION
            .range(0, 40, 1, 1)
            .selectExpr("transform(sequence(1, 40000), x -> x / (id + 3)) as v");
    made.write().parquet(path("long"));
    BatchNorm stage = new BatchNorm().setInputCol("v");
    BatchNormModel found = stage.fit(SESSION.read().parquet(path("long")));
    assertEquals("COLUMNS", SameFit.path(found));
    SameFit.assertSameBits(stage.fit(made), found);
  }

  private static BatchNorm stage(String column, String weight) {
    BatchNorm stage = new BatchNorm().setInputCol(column).setOutputCol("out");
    return weight.isEmpty() ? stage : stage.setWeightCol(weight);
  }

  private static Dataset<Row> stored(Store store) {
    SESSION.conf().set(OFF_HEAP, store == Store.PARQUET_OFF_HEAP);
    SESSION.conf().set(BATCH_SIZE, store == Store.PARQUET_IN_SMALL_BATCHES ? 7 : 4096);
    return switch (store) {
      case PARQUET, PARQUET_OFF_HEAP, PARQUET_IN_SMALL_BATCHES ->
          SESSION.read().parquet(path("parquet"));
      case PARQUET_WITHOUT_DICTIONARY -> SESSION.read().parquet(path("plain"));
      // A file of ORC says of a vector only that it is a struct.
      case ORC -> SESSION.read().schema(rows.schema()).orc(path("orc"));
      case CACHED -> rows.select("*").persist();
      case FILTERED -> SESSION.read().parquet(path("parquet")).where("id >= 0");
    };
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }
}
