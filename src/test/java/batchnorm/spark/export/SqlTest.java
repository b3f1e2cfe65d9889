package batchnorm.spark.export;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries of exported models give the bits of transform in Spark, DuckDB and PostgreSQL. */
class SqlTest {
  private static final String[] NUMBERS = {"d", "f", "i", "l", "big", "dec", "s"};

  private static final SparkSession session = SharedSession.get();

  @TempDir static Path folder;

  private static List<SqlEngine> engines;

  @BeforeAll
  static void startEngines() throws Exception {
    engines = new ArrayList<>(List.of(SqlEngine.spark(), SqlEngine.duckDb(folder)));
    Path data = Files.createDirectory(folder.resolve("pg"));
    Postgres.start(data).ifPresent(engines::add);
    if (engines.size() < 3) {
      System.err.println(
          """
          ******************************************************************************
          SQL was NOT tested in PostgreSQL, which is not there.
          Install it: apt-get install postgresql
          ******************************************************************************""");
    }
  }

  @AfterAll
  static void stopEngines() throws Exception {
    for (SqlEngine engine : engines) {
      engine.close();
    }
  }

  private static SqlEngine engine(String dialect) {
    return engines.stream()
        .filter(engine -> engine.dialect().equals(dialect))
        .findFirst()
        .orElseGet(() -> Assumptions.abort(dialect + " is not installed"));
  }

  /** Every type of numbers, with the values that engines treat differently. */
  private static Dataset<Row> table() {
    return session
        .sql(
            """
        select * from values
          (0L, 1.5d, 0.1f, 3, 70L, 9007199254740993L, 12.34bd, 2s),
          (1L, -0.0d, float('nan'), -2147483648, -9007199254740992L, 9223372036854775807L, -0.01bd, -1s),
          (2L, double('nan'), float('-infinity'), 2147483647, 9007199254740992L, -9223372036854775808L, 99999999.99bd, 0s),
          (3L, double('infinity'), 3.4e38f, 0, 1L, -9007199254740995L, null, null),
          (4L, double('-infinity'), 1e-45f, null, null, null, 0.00bd, 7s),
          (5L, 4.9e-324d, null, 17, -5L, 1234567890123456789L, 0.03bd, 32767s),
          (6L, 1.0e300d, -0.0f, 1, 0L, 0L, 5.55bd, 3s),
          (7L, null, 2.5f, 2, 3L, -1L, 7.77bd, 4s)
        as t(id, d, f, i, l, big, dec, s)
        """)
        .withColumn("dec", col("dec").cast("decimal(10,2)"));
  }

  /** Finite values only. */
  private static Dataset<Row> finite() {
    return session.sql(
        """
        select id, cast(pow(id, 3) / 7 as double) a, cast(id / 3 as float) b, 10 - id c,
          if(id % 3 = 0, null, id % 3) k, if(id % 4 = 0, "o'\\\\N\\"", cast(id % 4 as string)) t
        from range(20)
        """);
  }

  private static BatchNorm stage(String... inputs) {
    return new BatchNorm().setInputCols(inputs).setOutputCols(suffixed(inputs));
  }

  private static String[] suffixed(String[] names) {
    return Arrays.stream(names).map(name -> name + "_n").toArray(String[]::new);
  }

  /** Asserts that the query of {@code model} gives the results of transform, bit for bit. */
  private static void assertSame(SqlEngine engine, BatchNormModel model, Dataset<Row> data)
      throws Exception {
    engine.load(data);
    String columns =
        Arrays.stream(outputs(model))
            .map(name -> quoted(engine, name))
            .collect(Collectors.joining(", "));
    String query = "SELECT " + columns + " FROM (" + sql(engine, model) + ") AS q ORDER BY id";
    List<List<Double>> expected =
        SqlEngine.numbers(
            model
                .transform(data)
                .orderBy("id")
                .select(
                    Arrays.stream(outputs(model))
                        .map(name -> col("`" + name.replace("`", "``") + "`"))
                        .toArray(Column[]::new)));
    assertEquals(bits(expected), bits(engine.numbers(query)), query);
  }

  private static String sql(SqlEngine engine, BatchNormModel model) {
    return model.toSql(engine.dialect());
  }

  private static String[] outputs(BatchNormModel model) {
    return model.isSet(model.outputCols())
        ? model.getOutputCols()
        : new String[] {model.getOutputCol()};
  }

  private static String quoted(SqlEngine engine, String name) {
    return engine.dialect().equals("spark")
        ? "`" + name.replace("`", "``") + "`"
        : "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** The rows with -0.0 and 0.0 apart, and one NaN. */
  private static String bits(List<List<Double>> rows) {
    return rows.stream().map(List::toString).collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void numbersOfEveryTypeAreMapped(String dialect) throws Exception {
    BatchNormModel model = stage(NUMBERS).setHandleInvalid("keep").fit(table().where("id <> 6"));
    assertSame(engine(dialect), model, table());
  }

  /** Differences of longs that no long holds are those of halves. */
  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void integersAreSubtractedAsIntegers(String dialect) throws Exception {
    for (long least : new long[] {Long.MIN_VALUE + 1, Long.MAX_VALUE - 9999, 1L << 60}) {
      Dataset<Row> data =
          session.range(8).selectExpr("id", least + "L + id * id * 111 as t", least + "L as u");
      BatchNormModel model = stage("t", "u").setHandleInvalid("keep").fit(data);
      assertSame(engine(dialect), model, data);
      assertSame(
          engine(dialect),
          model,
          data.withColumn("t", expr("if(id % 2 = 0, -t, 1234567890123456789L)")));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "spark,    1e-3, 1, true,  true",
    "duckdb,   1e-3, 1, true,  true",
    "postgres, 1e-3, 1, true,  true",
    "duckdb,   0,    0, false, true",
    "duckdb,   0,    1, true,  false",
    "postgres, 0.5,  0, false, false"
  })
  void parametersOfTheFormulaCount(
      String dialect, double eps, int correction, boolean withMean, boolean withStd)
      throws Exception {
    BatchNormModel model =
        stage("a", "b", "c")
            .setEps(eps)
            .setCorrection(correction)
            .setWithMean(withMean)
            .setWithStd(withStd)
            .setGamma(1, -2, 1.0 / 3)
            .setBeta(0.1, 0, -1e-5)
            .fit(finite());
    assertSame(engine(dialect), model, finite());
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void numbersNearTheEndsOfDoubleStayInTheirRange(String dialect) throws Exception {
    Dataset<Row> data =
        session.sql(
            """
            select * from values (0, 1.7e308d, 3e-310d, 5d), (1, -1.6e308d, 5e-310d, 5d), (2, 1e307d, 9e-310d, 5d)
            as t(id, a, b, c)
            """);
    BatchNormModel model = stage("a", "b", "c").fit(data);
    assertSame(engine(dialect), model, data);
    // PostgreSQL has no number below the subnormal ones, and fails.
    assertSame(engine(dialect), stage("a", "c").fit(data).setInputCols("a", "c"), data);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void namesMayHaveAnyCharacters(String dialect) throws Exception {
    String[] names = {
      "a\"b", "a`b", "a.b", "x y", "select", "\u00fc\u6f22", "'; drop table source; --", "a\\b", "A"
    };
    Dataset<Row> data = finite().select("id", "a");
    for (String name : names) {
      data = data.withColumn(name, col("a").multiply(names.length + name.length()));
    }
    data =
        data.select(
            Stream.concat(Stream.of("id"), Arrays.stream(names))
                .map(name -> col("`" + name.replace("`", "``") + "`"))
                .toArray(Column[]::new));
    assertSame(engine(dialect), stage(names).fit(data), data);
    BatchNormModel groups = stage(names[0]).setGroupCols(names[6]).fit(data.union(data));
    assertSame(engine(dialect), groups, data);
  }

  /** All other columns stay, and replaced ones are replaced. */
  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb"})
  void columnsAreReplaced(String dialect) throws Exception {
    BatchNormModel model =
        new BatchNorm().setInputCols("a", "c").setOutputCols("a", "c").fit(finite());
    SqlEngine engine = engine(dialect);
    assertSame(engine, model, finite());
    assertEquals(
        engine.numbers("SELECT CAST(b AS DOUBLE) FROM source ORDER BY id"),
        engine.numbers(
            "SELECT CAST(b AS DOUBLE) FROM (" + model.toSql(dialect) + ") AS q ORDER BY id"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void namedColumnsAreKept(String dialect) throws Exception {
    BatchNormModel model = new BatchNorm().setInputCols("a").setOutputCols("a").fit(finite());
    SqlEngine engine = engine(dialect);
    engine.load(finite());
    String query = model.export().keepColumns("c", "a").table("source").sql(dialect);
    assertTrue(query.contains("SELECT\n  source." + quoted(engine, "c") + " AS "), query);
    List<List<Double>> expected =
        SqlEngine.numbers(
            model.transform(finite()).selectExpr("cast(c as double)", "a").orderBy("c"));
    assertEquals(
        expected,
        engine.numbers(
            "SELECT " + asDouble(dialect, "c") + ", a FROM (" + query + ") AS q ORDER BY c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void rowsWithInvalidValuesAreDropped(String dialect) throws Exception {
    BatchNormModel model = stage("d", "f").setHandleInvalid("skip").fit(table());
    assertSame(engine(dialect), model, table());
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb"})
  void invalidValuesAndUnseenGroupsFail(String dialect) throws Exception {
    SqlEngine engine = engine(dialect);
    BatchNormModel model = stage("d").fit(table().where("id in (0, 1, 5)"));
    assertSame(engine, model, table().where("id in (0, 1)"));
    for (int id : new int[] {2, 3, 4, 7}) {
      engine.load(table().where("id = " + id));
      Exception e = assertThrows(Exception.class, () -> engine.numbers(all(model, dialect, "d_n")));
      assertTrue(
          e.toString().contains("Column 'd' has a null, NaN or infinite value"), e::toString);
    }
    BatchNormModel groups = stage("a").setGroupCols("k").fit(finite().where("k = 1"));
    engine.load(finite());
    Exception e = assertThrows(Exception.class, () -> engine.numbers(all(groups, dialect, "a_n")));
    assertTrue(
        e.toString().contains("The model does not know the group of a row (k)"), e::toString);
  }

  private static String asDouble(String dialect, String x) {
    return "CAST(" + x + " AS " + (dialect.equals("spark") ? "DOUBLE)" : "DOUBLE PRECISION)");
  }

  private static String all(BatchNormModel model, String dialect, String column) {
    return "SELECT " + column + " FROM (" + model.toSql(dialect) + ") AS q";
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void groupsAreJoined(String dialect) throws Exception {
    SqlEngine engine = engine(dialect);
    BatchNorm stage = stage("a", "b").setGroupCols("k", "t");
    assertSame(engine, stage.fit(finite().union(finite())), finite());
    Dataset<Row> part = finite().where("id < 15 and not k <=> 2");
    for (String unseen : List.of("global", "null")) {
      BatchNormModel model = stage.setUnseenGroup(unseen).fit(part.union(part));
      assertSame(engine, model, finite());
    }
    BatchNormModel small = stage.setHandleInvalid("keep").setUnseenGroup("global").fit(part);
    assertSame(engine, small, finite());
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void groupsMayHaveEveryType(String dialect) throws Exception {
    Dataset<Row> data =
        session.sql(
            """
            select id, cast(id * id as double) a, id % 2 = 0 flag,
              if(id % 3 = 0, null, date_add(date'1969-12-30', cast(id % 3 as int))) day,
              timestamp_micros(-1 + 86400000000 * (id % 2)) time,
              to_timestamp_ntz('2024-02-29 01:02:03.000004') wall,
              element_at(array(double('nan'), -0.0d, 0.0d, 0.1d), cast(id % 4 as int) + 1) number,
              cast(if(id % 2 = 0, 0.1, 7) as float) single,
              cast(id % 2 / 8 as decimal(20, 3)) price
            from range(48)
            """);
    for (String key : List.of("flag", "day", "time", "wall", "number", "single", "price")) {
      assertSame(
          engine(dialect), stage("a").setGroupCols(key).fit(data), data.select("id", "a", key));
    }
  }

  /** Some groups have integers beyond 2^53, others do not, and one is near the ends of double. */
  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void groupsMayHaveDifferentFormulas(String dialect) throws Exception {
    Dataset<Row> data =
        session.sql(
            """
            select id, id % 3 k, if(id % 3 = 0, 9007199254740993L + id, id * id) big,
              if(id % 3 = 1, 1e305d * id, 0.1d * id) wide
            from range(18)
            """);
    for (String unseen : List.of("error", "global")) {
      BatchNormModel model =
          stage("big", "wide").setGroupCols("k").setUnseenGroup(unseen).fit(data);
      assertSame(engine(dialect), model, data);
      BatchNormModel inverse = model.inverse();
      Dataset<Row> normalized = model.transform(data).select("id", "k", "big_n", "wide_n");
      assertSame(engine(dialect), inverse, normalized);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void columnsBecomeAnArray(String dialect) throws Exception {
    for (String handling : List.of("keep", "skip", "error")) {
      BatchNormModel model =
          new BatchNorm()
              .setInputCols("d", "f")
              .setOutputCol("v")
              .setHandleInvalid(handling)
              .fit(
                  table()
                      .where(handling.equals("error") ? "id in (0, 5)" : "id <> 6")
                      .na()
                      .fill(1));
      assertSame(
          engine(dialect),
          model,
          handling.equals("error") ? table().where("id in (0, 0)") : table());
    }
    BatchNormModel groups =
        new BatchNorm().setInputCols("a", "b").setOutputCol("v").setGroupCols("k").fit(finite());
    assertSame(engine(dialect), groups, finite());
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb"})
  void arraysAreMapped(String dialect) throws Exception {
    SqlEngine engine = engine(dialect);
    Dataset<Row> data =
        session.sql(
            """
            select * from values
              (0, 1, array(1d, -0.0d, 1e308d)), (1, 1, array(2d, 5d, -1.7e308d)), (2, 2, array(3d, null, 0d)),
              (3, 2, null), (4, null, array(double('nan'), double('infinity'), 1d))
            as t(id, k, v)
            """);
    BatchNorm stage = new BatchNorm().setInputCol("v").setOutputCol("w");
    for (String handling : List.of("keep", "skip")) {
      assertSame(engine, stage.setHandleInvalid(handling).fit(data), data);
    }
    BatchNormModel some = stage.setHandleInvalid("error").fit(data.where("id < 2"));
    assertSame(engine, some, data.where("id < 2"));
    for (String rows : List.of("id = 2", "id = 3", "id = 4")) {
      engine.load(data.where(rows));
      assertThrows(Exception.class, () -> engine.numbers(all(some, dialect, "w")), rows);
    }
    engine.load(data.where("id < 2").withColumn("v", expr("slice(v, 1, 2)")));
    Exception e = assertThrows(Exception.class, () -> engine.numbers(all(some, dialect, "w")));
    assertTrue(e.toString().contains("an array of another size than 3"), e::toString);
    BatchNormModel groups =
        stage.setHandleInvalid("keep").setGroupCols("k").setUnseenGroup("global").fit(data);
    assertSame(engine, groups, data);
  }

  /** The inverse of columns that became a vector reads an array. */
  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb"})
  void arraysBecomeColumns(String dialect) throws Exception {
    BatchNormModel model = new BatchNorm().setInputCols("a", "b").setOutputCol("v").fit(finite());
    SqlEngine engine = engine(dialect);
    Dataset<Row> normalized = model.transform(finite()).select("id", "v");
    engine.load(normalized.withColumn("v", vector_to_array(col("v"), "float64")));
    assertEquals(
        bits(
            SqlEngine.numbers(
                model.inverse().transform(normalized).orderBy("id").select("a", "b"))),
        bits(
            engine.numbers(
                "SELECT a, b FROM (" + model.inverse().toSql(dialect) + ") AS q ORDER BY id")));
  }

  @Test
  void arraysDoNotHoldWhatTheFitFoundInLongs() {
    BatchNormModel model =
        new BatchNorm()
            .setInputCols("big")
            .setOutputCol("out")
            .setHandleInvalid("keep")
            .fit(table().select("big"));
    model.clear(model.inputCols());
    model.setInputCol("v");
    Rows.assertRefused(
        "Column 'v' is an array, but the model was fitted on integers beyond 2^53, which arrays of"
            + " doubles cannot hold. Read the columns of the fit.",
        () -> model.toSql("duckdb"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark", "duckdb", "postgres"})
  void oneNumberMayBeGivenAsInputCol(String dialect) throws Exception {
    BatchNormModel model = new BatchNorm().setInputCol("a").setOutputCol("x").fit(finite());
    assertSame(engine(dialect), model, finite());
  }
}
