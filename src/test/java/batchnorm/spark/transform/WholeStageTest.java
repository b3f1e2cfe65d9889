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
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.debug.package$;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Transforms of few columns in whole-stage code, and of more outside of it. */
class WholeStageTest {
  private static final int MOST = MappedColumns.MOST_IN_WHOLE_STAGE;

  /** HotSpot compiles no method of more bytes. */
  private static final int HUGE = 8_000;

  private static final SparkSession SESSION = SharedSession.get();

  @TempDir static Path directory;

  /** By type, the number of features that whole-stage code takes. */
  private static final Map<String, Integer> TYPES =
      Map.of(
          "double", MOST,
          "bigint", MOST,
          "float", 2 * MOST / 3,
          "int", 2 * MOST / 3,
          "decimal(10,2)", 2 * MOST / 3);

  /**
   * A transform.
   *
   * @param type the type of the columns in the files
   * @param missing true if some values are null, NaN or infinite, and are kept
   * @param grouped true if there are groups
   * @param toVector true if a vector is written; false if columns are, in place
   */
  private record Case(String type, boolean missing, boolean grouped, boolean toVector) {
    int most() {
      return TYPES.get(type);
    }
  }

  static Stream<Case> cases() {
    return TYPES.keySet().stream()
        .flatMap(
            type ->
                Stream.of(
                    new Case(type, false, false, false),
                    new Case(type, false, true, true),
                    new Case(type, true, false, true),
                    new Case(type, true, true, false)));
  }

  /** Files of one more column than whole-stage code takes, for each type. */
  @BeforeAll
  static void write() {
    for (String type : TYPES.keySet()) {
      for (boolean missing : new boolean[] {false, true}) {
        Column[] columns = new Column[MOST + 2];
        columns[0] = col("id").mod(3).cast("int").as("g");
        for (int j = 0; j <= MOST; j++) {
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

  @ParameterizedTest
  @MethodSource("cases")
  void fewColumnsAreMappedInMethodsThatAreCompiled(Case tested) {
    SparkPlan plan = ClassicSpark.query(transformed(tested, tested.most())).executedPlan();
    assertTrue(plan.toString().startsWith("*("), plan.toString());
    int largest =
        ScalaSeq.list(package$.MODULE$.codegenStringSeq(plan)).stream()
            .mapToInt(stage -> stage._3().maxMethodCodeSize())
            .max()
            .orElseThrow();
    assertTrue(largest < HUGE, tested + " has a method of " + largest + " bytes");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void moreColumnsAreMappedOutsideOfItToTheSameBits(Case tested) {
    Dataset<Row> few = transformed(tested, tested.most());
    Dataset<Row> more = transformed(tested, tested.most() + 1);
    String plan = ClassicSpark.query(more).executedPlan().toString();
    assertFalse(plan.startsWith("*("), plan);
    assertEquals(bits(tested, few), bits(tested, more));
  }

  private static Dataset<Row> transformed(Case tested, int features) {
    String[] names = IntStream.range(0, features).mapToObj(j -> "c" + j).toArray(String[]::new);
    Dataset<Row> data = SESSION.read().parquet(path(tested.type(), tested.missing()));
    Column[] columns =
        Stream.concat(Stream.of("g"), Arrays.stream(names))
            .map(org.apache.spark.sql.functions::col)
            .toArray(Column[]::new);
    Dataset<Row> rows = data.select(columns);
    BatchNorm stage =
        new BatchNorm().setInputCols(names).setHandleInvalid(tested.missing() ? "keep" : "error");
    if (tested.grouped()) {
      stage.setGroupCols("g");
    }
    BatchNormModel model = stage.fit(rows);
    if (tested.toVector()) {
      model.setOutputCol("v");
    } else {
      model.setOutputCols(names);
    }
    return model.transform(rows);
  }

  /** The bits of the features that whole-stage code takes, of each row. */
  private static List<List<Long>> bits(Case tested, Dataset<Row> rows) {
    return rows.collectAsList().stream()
        .map(
            row ->
                IntStream.range(0, tested.most())
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
