package batchnorm.spark.sql;

import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.errors.OwnErrors;
import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exact aggregate functions in queries. */
class ExactAggregatesTest {
  private static final int ROWS = 1500;
  private static final MathContext DIGITS = new MathContext(200);

  private static final String ALL_OF_X =
      "exact_sum(x), exact_avg(x), exact_var_pop(x), exact_var_samp(x)";
  private static final String ALL =
      "exact_sum(x), exact_var_samp(x), exact_avg(f), exact_avg(n), exact_var_pop(n), exact_avg(d),"
          + " exact_var_pop(d), exact_sum(f / 3 + n)";

  private static final String PARTITIONS = "spark.sql.shuffle.partitions";

  /** Settings under which Spark aggregates in another way. */
  private static final Map<String, String> OTHER_WAYS =
      new TreeMap<>(
          Map.of(
              "spark.sql.adaptive.enabled", "false",
              "spark.sql.codegen.factoryMode", "CODEGEN_ONLY",
              "spark.sql.TungstenAggregate.testFallbackStartsAt", "3, 7"));

  @TempDir static Path directory;

  private static SparkSession session;
  private static List<Row> rows;

  /** Groups of different sizes, values of both signs that cancel, and longs beyond 2^53. */
  @BeforeAll
  static void register() {
    session = SharedSession.get().newSession();
    ExactAggregates.register(session);
    session.conf().set(PARTITIONS, 2);
    InterpretedExpressions.in(session);
    RandomGenerator random = new SplittableRandom(17);
    rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      double x = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(40) - 20);
      rows.add(
          RowFactory.create(
              i,
              random.nextInt(1 + random.nextInt(400)),
              i % 11 == 0 ? null : x,
              (float) (random.nextDouble() - 0.5),
              (random.nextLong() >> random.nextInt(64)) / ROWS,
              BigDecimal.valueOf(random.nextLong() / ROWS, 5),
              Integer.toString(i % 7)));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("g", DataTypes.IntegerType)
            .add("x", DataTypes.DoubleType)
            .add("f", DataTypes.FloatType)
            .add("n", DataTypes.LongType)
            .add("d", DataTypes.createDecimalType(25, 5))
            .add("s", DataTypes.StringType);
    session.createDataFrame(rows, schema).repartition(3).write().parquet(path("t"));
    session.read().parquet(path("t")).createOrReplaceTempView("t");
  }

  @AfterEach
  void resetSettings() {
    OTHER_WAYS.keySet().forEach(session.conf()::unset);
    InterpretedExpressions.in(session);
    session.conf().unset("spark.sql.ansi.enabled");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TINYINT",
        "SMALLINT",
        "BIGINT",
        "FLOAT",
        "DOUBLE",
        "STRING",
        "DECIMAL(10, 2)",
        "DECIMAL(38, 10)",
        "DECIMAL(38, 38)",
        "VOID"
      })
  void typesAreThoseOfSparksFunctions(String type) {
    String x = type.equals("VOID") ? "NULL" : "CAST(1 AS " + type + ")";
    if (type.equals("DECIMAL(38, 38)")) {
      x = "CAST(0.1 AS " + type + ")";
    }
    StructType schema =
        one("exact_sum(v)", "sum(v)", "exact_avg(v)", "avg(v)", "exact_var_pop(v)", "var_pop(v)")
            .apply(x)
            .schema();
    for (int i = 0; i < schema.size(); i += 2) {
      assertEquals(schema.apply(i + 1).dataType(), schema.apply(i).dataType());
    }
    Row results = one("exact_sum(v)", "sum(v)", "exact_avg(v)", "avg(v)").apply(x).head();
    assertEquals(results.get(1), results.get(0));
    assertEquals(results.get(3), results.get(2));
  }

  /** Returns the query of expressions of {@code v}. */
  private static java.util.function.Function<String, Dataset<Row>> one(String... expressions) {
    return value ->
        session.sql("SELECT " + String.join(", ", expressions) + " FROM (SELECT " + value + " v)");
  }

  @Test
  @Tag("anySpark")
  void sumsMeansAndVariancesAreExact() {
    Row found =
        session
            .sql("SELECT " + ALL_OF_X + ", exact_sum(n), exact_avg(n), exact_sum(d) FROM t")
            .head();
    assertEquals(sum(column(2)).doubleValue(), found.getDouble(0));
    assertEquals(mean(column(2)), found.getDouble(1));
    assertEquals(variance(column(2), 0), found.getDouble(2));
    assertEquals(variance(column(2), 1), found.getDouble(3));
    assertEquals(sum(column(4)).longValueExact(), found.getLong(4));
    assertEquals(mean(column(4)), found.getDouble(5));
    assertEquals(sum(column(5)), found.getDecimal(6));
    assertNotEquals(session.sql("SELECT sum(x) FROM t").head().getDouble(0), found.getDouble(0));
  }

  @Test
  @Tag("anySpark")
  void decimalsHaveExactMeansAndVariances() {
    Row found =
        session.sql("SELECT exact_avg(d), exact_var_pop(d), exact_var_samp(d) FROM t").head();
    BigDecimal mean =
        sum(column(5)).divide(BigDecimal.valueOf(ROWS), 9, java.math.RoundingMode.HALF_UP);
    assertEquals(mean, found.getDecimal(0));
    assertEquals(variance(column(5), 0), found.getDouble(1));
    assertEquals(variance(column(5), 1), found.getDouble(2));
  }

  @Test
  void everyWayOfAggregationGivesTheSameBits() {
    String query = "SELECT g, " + ALL + " FROM %s GROUP BY ALL ORDER BY g";
    String expected = bits(session.sql(query.replace("%s", "t")));
    session.table("t").orderBy("id").repartition(7).createOrReplaceTempView("shuffled");
    session.table("t").coalesce(1).orderBy(col("x").desc()).createOrReplaceTempView("ordered");
    assertEquals(expected, bits(session.sql(query.replace("%s", "shuffled"))));
    assertEquals(expected, bits(session.sql(query.replace("%s", "ordered"))));
    OTHER_WAYS.forEach(
        (setting, value) -> {
          session.conf().set(setting, value);
          assertEquals(expected, bits(session.sql(query.replace("%s", "t"))), setting);
          resetSettings();
        });
    // Lists are objects, so the buffers of all functions are.
    String withObjects = query.replace("FROM", ", collect_list(id) FROM");
    assertEquals(
        expected, bits(session.sql(withObjects.replace("%s", "t")).drop("collect_list(id)")));
  }

  /** One with a group of its own, too. */
  @Test
  @Tag("anySpark")
  void groupsAreThoseOfTheirRows() {
    Map<Integer, List<BigDecimal>> groups = new TreeMap<>();
    for (Row row : rows) {
      groups.computeIfAbsent(row.getInt(1), g -> new ArrayList<>());
      if (!row.isNullAt(2)) {
        groups.get(row.getInt(1)).add(new BigDecimal(row.getDouble(2)));
      }
    }
    List<Row> found =
        session.sql("SELECT g, " + ALL_OF_X + " FROM t GROUP BY g ORDER BY g").collectAsList();
    assertTrue(groups.size() > 150, groups.size() + " groups");
    assertEquals(List.copyOf(groups.keySet()), found.stream().map(row -> row.getInt(0)).toList());
    for (Row row : found) {
      List<BigDecimal> values = groups.get(row.getInt(0));
      if (values.isEmpty()) {
        assertTrue(row.isNullAt(1) && row.isNullAt(2) && row.isNullAt(3) && row.isNullAt(4));
      } else {
        assertEquals(sum(values).doubleValue(), row.getDouble(1));
        assertEquals(mean(values), row.getDouble(2));
        assertEquals(variance(values, 0), row.getDouble(3));
        assertEquals(values.size() < 2 ? null : variance(values, 1), row.get(4));
      }
    }
  }

  @ParameterizedTest
  @Tag("anySpark")
  @CsvSource(
      delimiter = '|',
      value = {
        "exact_sum(x) FILTER (WHERE id % 3 = 0) FROM t | exact_sum(x) FROM t WHERE id % 3 = 0",
        "exact_avg(DISTINCT id % 10), exact_var_pop(x) FROM t" + " | 4.5D, exact_var_pop(x) FROM t",
        "exact_sum(DISTINCT n % 5), exact_sum(DISTINCT n % 7) FROM t"
            + " | (SELECT exact_sum(DISTINCT n % 5) FROM t), (SELECT sum(DISTINCT n % 7) FROM t)",
        "exact_sum(x) FROM t GROUP BY g % 4 HAVING exact_var_pop(x) > 1e9 ORDER BY 1"
            + " | s FROM (SELECT exact_sum(x) s, exact_var_pop(x) v FROM t GROUP BY g % 4)"
            + " WHERE v > 1e9 ORDER BY 1",
        "v FROM (SELECT g % 3 k, exact_var_samp(x) v FROM t GROUP BY ROLLUP (g % 3)) ORDER BY k"
            + " | v FROM (SELECT NULL k, exact_var_samp(x) v FROM t UNION ALL"
            + " SELECT g % 3, exact_var_samp(x) FROM t GROUP BY g % 3) ORDER BY k",
        "exact_sum(x) OVER (PARTITION BY g), g, id FROM t ORDER BY id"
            + " | total, t.g, id FROM t JOIN (SELECT g, exact_sum(x) total FROM t GROUP BY g) u"
            + " ON t.g = u.g ORDER BY id",
        "exact_sum(x) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t"
            + " WHERE id < 50 ORDER BY id"
            + " | (SELECT exact_sum(x) FROM t u WHERE u.id <= t.id) FROM t WHERE id < 50 ORDER BY id",
        "exact_var_pop(x) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) FROM t"
            + " WHERE id < 40 ORDER BY id"
            + " | v FROM (SELECT t.id, exact_var_pop(u.x) v FROM t JOIN t u"
            + " ON u.id BETWEEN t.id - 3 AND t.id + 1 WHERE t.id < 40 AND u.id < 40 GROUP BY t.id)"
            + " ORDER BY id",
      })
  void queriesGiveTheResultsOfSimplerOnes(String query, String simpler) {
    String found = bits(session.sql("SELECT " + query));
    assertEquals(bits(session.sql("SELECT " + simpler)), found);
    assertTrue(found.lines().anyMatch(line -> !line.equals("null")), found);
  }

  @Test
  @Tag("anySpark")
  void noValuesAreNull() {
    Row empty = session.sql("SELECT " + ALL + " FROM t WHERE id < 0").head();
    for (int i = 0; i < empty.size(); i++) {
      assertTrue(empty.isNullAt(i));
    }
    assertEquals(
        List.of(),
        session.sql("SELECT exact_sum(x) FROM t WHERE id < 0 GROUP BY g").collectAsList());
    assertEquals(
        RowFactory.create(5.0, 5.0, 0.0, null),
        session.sql("SELECT " + ALL_OF_X + " FROM VALUES (5D), (NULL) AS (x)").head());
  }

  @Test
  @Tag("anySpark")
  void nanAndInfinitiesAreThoseOfSparksSum() {
    for (String values :
        List.of(
            "('NaN'), ('1')",
            "('Infinity'), ('1')",
            "('-Infinity'), ('2')",
            "('Infinity'), ('-Infinity')",
            "('-0.0'), ('-0.0')")) {
      Row found =
          session
              .sql(
                  "SELECT sum(x), avg(x), var_pop(x), "
                      + ALL_OF_X
                      + " FROM (SELECT double(a) x FROM VALUES "
                      + values
                      + " AS (a))")
              .head();
      for (int i = 0; i < 3; i++) {
        assertEquals(found.get(i), found.get(i + 3), values);
      }
    }
    assertEquals(
        Double.POSITIVE_INFINITY,
        session.sql("SELECT exact_sum(x) FROM VALUES (1.7e308D), (1.7e308D) AS (x)").head().get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exact_sum(9223372036854775807L - v)"
            + " | exact_sum of BIGINT overflows BIGINT. Use 'try_exact_sum' to tolerate overflow",
        "exact_sum(CAST('99999999999999999999999999999999999999' AS DECIMAL(38, 0)))"
            + " | exact_sum of DECIMAL(38,0) overflows DECIMAL(38,0). Use 'try_exact_sum'",
        "exact_avg(CAST('99999999999999999999999999999999999999' AS DECIMAL(38, 0)))"
            + " | exact_avg of DECIMAL(38,0) overflows DECIMAL(38,4). Use 'try_exact_avg'",
      })
  void overflowIsAnErrorInAnsiModeAndNullElsewhere(String call, String text) {
    String from = " FROM VALUES (0), (1) AS (v)";
    session.conf().set("spark.sql.ansi.enabled", "true");
    Exception error =
        assertThrows(Exception.class, () -> session.sql("SELECT " + call + from).collect());
    ArithmeticException overflow =
        (ArithmeticException)
            OwnErrors.chain(error).stream()
                .filter(ArithmeticException.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertTrue(
        overflow.getMessage().contains("[ARITHMETIC_OVERFLOW] " + text), overflow::getMessage);
    String fragment = ((SparkThrowable) overflow).getQueryContext()[0].fragment();
    assertEquals(call, fragment);
    Dataset<Row> tolerant = session.sql("SELECT try_" + call + from);
    assertTrue(tolerant.head().isNullAt(0));
    session.conf().set("spark.sql.ansi.enabled", "false");
    assertTrue(session.sql("SELECT " + call + from).head().isNullAt(0));
  }

  @Test
  @Tag("anySpark")
  void onlyTheResultMayOverflow() {
    session.conf().set("spark.sql.ansi.enabled", "true");
    long max = Long.MAX_VALUE;
    Row found =
        session
            .sql(
                "SELECT exact_sum(n), exact_avg(n), exact_sum(CAST(n AS DECIMAL(38, 19))),"
                    + " exact_sum(x) FROM VALUES (maxL, 1e308D), (maxL, 1e308D), (-maxL, -1e308D) AS (n, x)"
                        .replace("max", Long.toString(max)))
            .head();
    assertEquals(max, found.getLong(0));
    assertEquals(max / 3.0, found.getDouble(1));
    assertEquals(new BigDecimal(max).setScale(19), found.getDecimal(2));
    assertEquals(1e308, found.getDouble(3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sum", "avg", "var_pop"})
  void otherTypesAreRefusedAsSparkRefusesThem(String name) {
    for (String argument : List.of("DATE'2020-01-01'", "true", "array(1)", "binary('a')")) {
      assertRefused("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", name + "(" + argument + ")");
      String text =
          assertRefused(
              "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "exact_" + name + "(" + argument + ")");
      assertTrue(text.contains("requires the \"NUMERIC\" type"), text);
    }
    assertRefused(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "exact_" + name + "(INTERVAL '1' DAY)");
    String few = assertRefused("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "exact_" + name + "()");
    assertTrue(
        few.contains("`exact_" + name + "` requires 1 parameters but the actual number is 0"), few);
    assertRefused("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "exact_" + name + "(1, 2)");
    assertRefused("NAMED_PARAMETERS_NOT_SUPPORTED", name + "(expr => 1)");
    assertRefused("NAMED_PARAMETERS_NOT_SUPPORTED", "exact_" + name + "(expr => 1)");
  }

  private static String assertRefused(String condition, String call) {
    AnalysisException error =
        assertThrows(AnalysisException.class, () -> session.sql("SELECT " + call));
    assertTrue(error.getMessage().contains("[" + condition + "]"), error::getMessage);
    return error.getMessage();
  }

  @Test
  @Tag("anySpark")
  void statisticsAreThoseOfAModel() {
    BatchNormModel model =
        new BatchNorm()
            .setInputCols("x", "f", "n")
            .setOutputCol("out")
            .setHandleInvalid("keep")
            .fit(session.table("t"));
    Row found =
        session
            .sql(
                Stream.of("x", "f", "n")
                    .map(name -> "exact_avg(_), exact_var_pop(_)".replace("(_)", "(" + name + ")"))
                    .collect(Collectors.joining(", ", "SELECT ", " FROM t")))
            .head();
    for (int j = 0; j < 3; j++) {
      assertEquals(model.mean().apply(j), found.getDouble(2 * j));
      assertEquals(model.variance().apply(j), found.getDouble(2 * j + 1));
    }
  }

  @Test
  void aStreamHasTheBitsOfABatch() throws Exception {
    String query = "g % 5 k";
    Dataset<Row> stream =
        session
            .readStream()
            .schema(session.table("t").schema())
            .option("maxFilesPerTrigger", 1)
            .parquet(path("t"));
    stream.createOrReplaceTempView("arriving");
    StreamingQuery running =
        session
            .sql("SELECT " + query + ", " + ALL_OF_X + " FROM arriving GROUP BY k")
            .writeStream()
            .format("memory")
            .queryName("totals")
            .outputMode("complete")
            .option("checkpointLocation", path("checkpoint"))
            .trigger(Trigger.AvailableNow())
            .start();
    running.awaitTermination();
    assertEquals(3, running.recentProgress().length);
    assertEquals(
        bits(session.sql("SELECT " + query + ", " + ALL_OF_X + " FROM t GROUP BY k ORDER BY k")),
        bits(session.table("totals").orderBy("k")));
  }

  @Test
  void datasetsAndTemporaryViewsHaveTheFunctions() {
    double expected = sum(column(2)).doubleValue();
    assertEquals(
        expected,
        session.table("t").select(call_function("exact_sum", col("x"))).head().getDouble(0));
    session.sql("CREATE OR REPLACE TEMPORARY VIEW v AS SELECT exact_sum(x) FROM t");
    assertEquals(expected, session.sql("SELECT * FROM v").head().getDouble(0));
    assertEquals("exact_sum(x)", session.table("v").columns()[0]);
    AnalysisException refused =
        assertThrows(
            AnalysisException.class,
            () -> session.sql("CREATE VIEW permanent AS SELECT exact_sum(id) FROM range(3)"));
    assertTrue(refused.getMessage().contains("[INVALID_TEMP_OBJ_REFERENCE]"), refused::getMessage);
  }

  @Test
  void anExtensionAddsThemToEverySession() {
    assertThrows(
        AnalysisException.class,
        () -> SharedSession.get().sql("SELECT exact_sum(id) FROM range(3)"));
    SparkSession extended =
        SharedSession.beside(SparkSession.builder().withExtensions(new ExactAggregatesExtension()));
    for (SparkSession each : List.of(extended, extended.newSession())) {
      assertEquals(
          RowFactory.create(3L, 1.0),
          each.sql("SELECT exact_sum(id), try_exact_avg(id) FROM range(3)").head());
      assertTrue(
          each.sql("DESCRIBE FUNCTION exact_sum")
              .collectAsList()
              .toString()
              .contains("exact_sum(expr) - Returns the exact sum"));
    }
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  /** Returns each row in a line, and doubles with all their bits. */
  private static String bits(Dataset<Row> found) {
    return found.collectAsList().stream()
        .map(
            row ->
                Stream.iterate(0, i -> i < row.size(), i -> i + 1)
                    .map(
                        i ->
                            row.get(i) instanceof Double x
                                ? Double.toHexString(x)
                                : String.valueOf(row.get(i)))
                    .collect(Collectors.joining(" ")))
        .collect(Collectors.joining("\n"));
  }

  /** Returns the exact values of a column, without nulls. */
  private static List<BigDecimal> column(int index) {
    return rows.stream()
        .filter(row -> !row.isNullAt(index))
        .map(
            row ->
                row.get(index) instanceof Double x
                    ? new BigDecimal(x)
                    : new BigDecimal(row.get(index).toString()))
        .toList();
  }

  private static BigDecimal sum(List<BigDecimal> values) {
    return values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static double mean(List<BigDecimal> values) {
    return sum(values).divide(BigDecimal.valueOf(values.size()), DIGITS).doubleValue();
  }

  private static double variance(List<BigDecimal> values, int correction) {
    BigDecimal n = BigDecimal.valueOf(values.size());
    BigDecimal squares = sum(values.stream().map(x -> x.multiply(x)).toList());
    BigDecimal spread = n.multiply(squares).subtract(sum(values).pow(2));
    return spread
        .divide(n.multiply(n.subtract(BigDecimal.valueOf(correction))), DIGITS)
        .doubleValue();
  }
}
