package batchnorm.spark;

import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.ForcedSource;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One list of inputs, fitted and transformed on one list of partitionings, and on every source. */
class EveryInputTest {
  /** Sums of some hundred small integers: the order of additions shows in the last digits only. */
  private static final double ROUNDING = 1e-13;

  /** The spacing of floats, for outputs that are floats. */
  private static final double FLOAT_ROUNDING = 2e-7;

  private static final double EPS = 1e-5;
  private static final int ROWS = 240;

  private enum Form {
    DOUBLES,
    FLOATS,
    BYTES,
    SHORTS,
    INTEGERS,
    LONGS,
    DECIMALS,
    BOOLEANS,
    DENSE,
    SPARSE,
    DENSE_AND_SPARSE,
    DOUBLE_ARRAYS,
    FLOAT_ARRAYS
  }

  private enum Spread {
    ONE_PARTITION,
    SEVEN_PARTITIONS,
    HUNDRED_PARTITIONS,
    MOSTLY_EMPTY,
    SKEWED,
    SHUFFLED
  }

  @TempDir Path directory;

  /** The fits, which all tests of a case share. */
  private static final Map<List<Object>, Fitted> FITTED = new HashMap<>();

  /** Fits on Spark's rows and on those of the public API, and what comes out of the former. */
  private record Fitted(
      double[][] table, BatchNormModel model, BatchNormModel publicly, Dataset<Row> normalized) {
    static Fitted of(Form form, Spread spread) {
      return FITTED.computeIfAbsent(List.of(form, spread), unused -> fit(form, spread));
    }

    private static Fitted fit(Form form, Spread spread) {
      double[][] table = EveryInputTest.table(form);
      Dataset<Row> frame = spread(frame(form, table), spread);
      BatchNormModel model = stage(form).fit(frame);
      BatchNormModel publicly =
          ForcedSource.with(SharedSession.get(), "public", () -> stage(form).fit(frame));
      return new Fitted(table, model, publicly, model.transform(frame).localCheckpoint());
    }
  }

  static Stream<Arguments> cases() {
    return Stream.concat(
        Arrays.stream(Form.values())
            .flatMap(
                form ->
                    Stream.of(Spread.ONE_PARTITION, Spread.SEVEN_PARTITIONS)
                        .map(spread -> Arguments.of(form, spread))),
        Stream.of(Form.DOUBLES, Form.DENSE, Form.SPARSE)
            .flatMap(
                form ->
                    Stream.of(
                            Spread.HUNDRED_PARTITIONS,
                            Spread.MOSTLY_EMPTY,
                            Spread.SKEWED,
                            Spread.SHUFFLED)
                        .map(spread -> Arguments.of(form, spread))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void meansAndVariancesAreThoseOfTheTable(Form form, Spread spread) {
    Fitted fitted = Fitted.of(form, spread);
    double[][] table = fitted.table();
    BatchNormModel model = fitted.model();

    assertArrayEquals(means(table), model.mean().toArray(), ROUNDING);
    assertArrayEquals(variances(table, 0), model.variance(0), ROUNDING);
    assertArrayEquals(variances(table, 1), model.variance(1), ROUNDING);
    assertEquals(ROWS, model.count());
    assertEquals(table[0].length, model.numFeatures());

    // What has no files is read as rows, unless another source is forced.
    assertEquals("ROWS", SameFit.path(model));
    SameFit.assertSameBits(model, fitted.publicly());
  }

  /** Every form from a file, which has it in columns; and both ways to transform it. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void everySourceGivesTheSameBits(Form form) {
    BatchNormModel model = Fitted.of(form, Spread.SEVEN_PARTITIONS).model();
    SparkSession session = SharedSession.get();
    String path = directory.resolve("rows").toString();
    frame(form, table(form)).coalesce(2).write().parquet(path);
    Dataset<Row> frame = session.read().parquet(path);
    SameFit.assertSameBitsOfEverySource(stage(form), frame, model);
    assertEquals(
        model.transform(frame).collectAsList(),
        ForcedSource.with(session, "public", () -> model.transform(frame)).collectAsList());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAreNormalizedByTheFormula(Form form, Spread spread) {
    Fitted fitted = Fitted.of(form, spread);
    double[] means = means(fitted.table());
    double[] variances = variances(fitted.table(), 0);
    double tolerance = form == Form.FLOAT_ARRAYS ? FLOAT_ROUNDING : ROUNDING;

    String output = fitted.model().getOutputCol();
    for (Row row : fitted.normalized().collectAsList()) {
      double[] in = form.ordinal() <= Form.BOOLEANS.ordinal() ? numbers(row) : features(row, "v");
      double[] out = features(row, output);
      for (int j = 0; j < in.length; j++) {
        double expected = (in[j] - means[j]) / Math.sqrt(variances[j] + EPS);
        assertEquals(expected, out[j], tolerance);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void inverseRestoresTheValues(Form form, Spread spread) {
    Dataset<Row> normalized = Fitted.of(form, spread).normalized();
    Dataset<Row> restored = Fitted.of(form, spread).model().inverse().transform(normalized);

    boolean numbers = form.ordinal() <= Form.BOOLEANS.ordinal();
    Row[] before = (Row[]) normalized.collect();
    Row[] after = (Row[]) restored.collect();
    double tolerance = form == Form.FLOAT_ARRAYS ? 1e-6 : ROUNDING;
    for (int i = 0; i < before.length; i++) {
      assertArrayEquals(
          numbers ? numbers(before[i]) : features(before[i], "v"),
          numbers ? numbers(after[i]) : features(after[i], "v"),
          tolerance);
    }
    assertEquals(ROWS, after.length);
  }

  @Test
  void anyAggregationDepthGivesTheSameStatistics() {
    double[][] table = table(Form.DOUBLES);
    Dataset<Row> frame = spread(Frames.doubles(table), Spread.HUNDRED_PARTITIONS);
    for (int depth = 1; depth <= 4; depth++) {
      BatchNormModel model =
          new BatchNorm()
              .setInputCols(Frames.names(3))
              .setOutputCol("out")
              .setAggregationDepth(depth)
              .fit(frame);
      assertArrayEquals(means(table), model.mean().toArray(), ROUNDING);
      assertArrayEquals(variances(table, 0), model.variance(0), ROUNDING);
    }
  }

  @Test
  void oneNumericColumnIsNormalizedToADoubleColumn() {
    Dataset<Row> frame = Frames.numbers(new double[][] {{1}, {2}, {3}}, DataTypes.IntegerType);
    BatchNormModel model =
        new BatchNorm().setInputCol("a").setOutputCol("out").setEps(0).fit(frame);

    Row first = model.transform(frame).first();
    assertEquals(-Math.sqrt(1.5), first.getDouble(1), ROUNDING);
  }

  private static BatchNorm stage(Form form) {
    BatchNorm stage = new BatchNorm().setOutputCol("out").setEps(EPS);
    return form.ordinal() <= Form.BOOLEANS.ordinal()
        ? stage.setInputCols(Frames.names(3))
        : stage.setInputCol("v");
  }

  private static Dataset<Row> frame(Form form, double[][] table) {
    return switch (form) {
      case DOUBLES -> Frames.doubles(table);
      case FLOATS -> Frames.numbers(table, DataTypes.FloatType);
      case BYTES -> Frames.numbers(table, DataTypes.ByteType);
      case SHORTS -> Frames.numbers(table, DataTypes.ShortType);
      case INTEGERS -> Frames.numbers(table, DataTypes.IntegerType);
      case LONGS -> Frames.numbers(table, DataTypes.LongType);
      case DECIMALS -> Frames.numbers(table, DataTypes.createDecimalType(12, 4));
      case BOOLEANS -> Frames.numbers(table, DataTypes.BooleanType);
      case DENSE -> Frames.dense(table);
      case SPARSE -> Frames.sparse(table);
      case DENSE_AND_SPARSE ->
          Frames.dense(Arrays.copyOfRange(table, 0, ROWS / 3))
              .union(Frames.sparse(Arrays.copyOfRange(table, ROWS / 3, ROWS)));
      case DOUBLE_ARRAYS -> Frames.doubleArrays(table);
      case FLOAT_ARRAYS -> Frames.floatArrays(table);
    };
  }

  private static Dataset<Row> spread(Dataset<Row> frame, Spread spread) {
    return switch (spread) {
      case ONE_PARTITION -> frame.coalesce(1);
      case SEVEN_PARTITIONS -> frame.repartition(7);
      case HUNDRED_PARTITIONS -> frame.repartition(100);
      case MOSTLY_EMPTY -> frame.coalesce(1).union(frame.limit(0).repartition(40));
      case SKEWED -> frame.limit(ROWS - 3).union(frame.offset(ROWS - 3).repartition(3));
      case SHUFFLED -> frame.orderBy(rand(7));
    };
  }

  /** Small integers, many of them 0, which every form can hold exactly. */
  private static double[][] table(Form form) {
    SplittableRandom random = new SplittableRandom(20);
    double[][] table = new double[ROWS][3];
    for (double[] row : table) {
      for (int j = 0; j < row.length; j++) {
        row[j] = form == Form.BOOLEANS ? random.nextInt(2) : random.nextInt(7) - 3 + j;
      }
    }
    return table;
  }

  private static double[] means(double[][] table) {
    double[] means = new double[table[0].length];
    for (int j = 0; j < means.length; j++) {
      int feature = j;
      means[j] = Arrays.stream(table).mapToDouble(row -> row[feature]).sum() / table.length;
    }
    return means;
  }

  private static double[] variances(double[][] table, int correction) {
    double[] means = means(table);
    double[] variances = new double[means.length];
    for (int j = 0; j < means.length; j++) {
      int feature = j;
      variances[j] =
          Arrays.stream(table).mapToDouble(row -> Math.pow(row[feature] - means[feature], 2)).sum()
              / (table.length - correction);
    }
    return variances;
  }

  private static double[] numbers(Row row) {
    double[] numbers = new double[3];
    for (int j = 0; j < numbers.length; j++) {
      Object cell = row.get(j);
      numbers[j] = cell instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) cell).doubleValue();
    }
    return numbers;
  }

  private static double[] features(Row row, String column) {
    Object value = row.getAs(column);
    if (value instanceof Vector vector) {
      return vector.toArray();
    }
    return row.getList(row.fieldIndex(column)).stream()
        .mapToDouble(element -> ((Number) element).doubleValue())
        .toArray();
  }
}
