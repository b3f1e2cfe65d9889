package batchnorm.spark.transform;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.debug.package$;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Transforms of few columns in whole-stage code, and of more outside of it. */
class WholeStageTest {
  private static final int FEW = 30;
  private static final int MANY = 90;

  /** HotSpot compiles no method of more bytes. */
  private static final int HUGE = 8_000;

  /** A fifth of that is left to what a query does with the columns. */
  private static final double MOST = 0.8 * HUGE;

  private static final SparkSession SESSION = SharedSession.get();

  @TempDir static Path directory;

  private static final List<String> TYPES =
      List.of("double", "bigint", "float", "int", "decimal(10,2)");

  /**
   * A transform.
   *
   * @param type the type of the columns in the files
   * @param missing true if some values are null, NaN or infinite, and are kept
   * @param grouped true if there are groups
   * @param toVector true if a vector is written; false if columns are, in place
   */
  private record Case(String type, boolean missing, boolean grouped, boolean toVector) {
    String handling() {
      return missing ? "keep" : "error";
    }
  }

  static Stream<Case> cases() {
    return TYPES.stream()
        .flatMap(
            type ->
                Stream.of(
                    new Case(type, false, false, false),
                    new Case(type, false, true, true),
                    new Case(type, true, false, true),
                    new Case(type, true, true, false)));
  }

  /** Files of many columns, for each type. */
  @BeforeAll
  static void write() {
    for (String type : TYPES) {
      for (boolean missing : new boolean[] {false, true}) {
        Column[] columns = new Column[MANY + 1];
        columns[0] = col("id").mod(3).cast("int").as("g");
        for (int j = 0; j < MANY; j++) {
          Column number =
              type.equals("bigint")
                  ? col("id").multiply(9_007_199_254_740_993L).plus(j)
                  : col("id").plus(j).multiply(0.37).minus(5);
          Column value = number.cast(type);
          if (missing) {
            value = when(col("id").mod(7).equalTo(j % 7), lit(null)).otherwise(value);
            if (type.equals("double") || type.equals("float")) {
              value =
                  when(col("id").mod(11).equalTo(j % 11), lit("NaN").cast(type)).otherwise(value);
            }
          }
          columns[j + 1] = value.as("c" + j);
        }
        SESSION.range(30).select(columns).repartition(1).write().parquet(path(type, missing));
      }
    }
  }

  private static String path(String type, boolean missing) {
    return directory.resolve(type + missing).toString();
  }

  @AfterEach
  void resetSession() {
    SESSION.conf().unset("spark.sql.codegen.factoryMode");
    SESSION.conf().unset("spark.sql.codegen.wholeStage");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theLoopOfWholeStageCodeIsCompiled(Case tested) {
    for (int features : new int[] {FEW, 45, 55, 64, 80}) {
      SparkPlan plan = plan(tested, features);
      assertTrue(features > FEW || isWholeStage(plan), plan.toString());
      if (isWholeStage(plan)) {
        int largest =
            ScalaSeq.list(package$.MODULE$.codegenStringSeq(plan)).stream()
                .mapToInt(stage -> stage._3().maxMethodCodeSize())
                .max()
                .orElseThrow();
        assertTrue(largest < MOST, tested + " " + features + ": " + largest + " bytes");
      }
    }
  }

  @Test
  void sixtyFourDoublesAreInWholeStageCode() {
    assertTrue(isWholeStage(plan(new Case("double", false, false, false), 64)));
    assertTrue(isWholeStage(plan(new Case("double", false, false, true), 64)));
  }

  @Test
  void transformsThatSparkMergesAreCompiledToo() {
    String[] names = names(MANY);
    String[] first = Arrays.copyOf(names, MANY / 2);
    String[] second = Arrays.copyOfRange(names, MANY / 2, MANY);
    Dataset<Row> rows = SESSION.read().parquet(path("double", true));
    BatchNorm stage = new BatchNorm().setGroupCols("g").setHandleInvalid("keep");
    Dataset<Row> twice = rows;
    for (String[] some : List.of(first, second)) {
      BatchNorm part = stage.copy(ParamMap.empty()).setInputCols(some).setOutputCols(some);
      twice = part.fit(rows).transform(twice);
    }
    assertFalse(isWholeStage(ClassicSpark.query(twice).executedPlan()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allWaysGiveTheSameBits(Case tested) {
    Dataset<Row> rows = rows(tested, FEW);
    BatchNormModel model = fitted(tested, FEW);
    List<List<Long>> few = bits(tested, model.transform(rows));
    Dataset<Row> many = fitted(tested, MANY).transform(rows(tested, MANY));
    assertFalse(isWholeStage(ClassicSpark.query(many).executedPlan()));
    assertEquals(few, bits(tested, many));
    SESSION.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    SESSION.conf().set("spark.sql.codegen.wholeStage", false);
    assertEquals(few, bits(tested, model.transform(rows)));
  }

  /** The plan of a transform, which is the same for any statistics. */
  private static SparkPlan plan(Case tested, int features) {
    double[] ones = new double[features];
    Arrays.fill(ones, 1);
    BatchNormModel model =
        tested.grouped()
            ? fitted(tested, features)
            : withOutput(
                tested,
                BatchNormModel.of(Vectors.dense(ones), Vectors.dense(ones))
                    .setInputCols(names(features))
                    .setHandleInvalid(tested.handling()));
    return ClassicSpark.query(model.transform(rows(tested, features))).executedPlan();
  }

  private static boolean isWholeStage(SparkPlan plan) {
    return plan.toString().startsWith("*(");
  }

  private static String[] names(int features) {
    return IntStream.range(0, features).mapToObj(j -> "c" + j).toArray(String[]::new);
  }

  private static Dataset<Row> rows(Case tested, int features) {
    Column[] columns =
        Stream.concat(Stream.of("g"), Arrays.stream(names(features)))
            .map(org.apache.spark.sql.functions::col)
            .toArray(Column[]::new);
    return SESSION.read().parquet(path(tested.type(), tested.missing())).select(columns);
  }

  private static BatchNormModel fitted(Case tested, int features) {
    BatchNorm stage =
        new BatchNorm().setInputCols(names(features)).setHandleInvalid(tested.handling());
    if (tested.grouped()) {
      stage.setGroupCols("g");
    }
    return withOutput(tested, stage.fit(rows(tested, features)));
  }

  private static BatchNormModel withOutput(Case tested, BatchNormModel model) {
    return tested.toVector() ? model.setOutputCol("v") : model.setOutputCols(model.getInputCols());
  }

  /** The bits of the first features of each row. */
  private static List<List<Long>> bits(Case tested, Dataset<Row> rows) {
    return rows.collectAsList().stream()
        .map(
            row ->
                IntStream.range(0, FEW)
                    .mapToObj(
                        j ->
                            tested.toVector()
                                ? (Double) row.<Vector>getAs("v").apply(j)
                                : row.<Double>getAs("c" + j))
                    .map(value -> value == null ? null : Double.doubleToLongBits(value))
                    .toList())
        .toList();
  }
}
