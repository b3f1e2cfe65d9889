package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Published results of BatchNorm1d for a table of numbers, uniform in [0, 10), row by row; {@code
 * torch.var} has the divisor n - 1.
 */
class NotebookTableTest {
  private static final long SEED = 10;
  private static final int FEATURES = 10;
  private static final double EPS = 1e-5;

  /** Sums of at most 100 values below 10: some ulps of a result of order one. */
  private static final double ROUNDING = 1e-14;

  /** The table shows four decimals. */
  private static final double SHOWN = 5e-5;

  @Test
  void columnMeansAndVariancesAreThoseOfTheTable() {
    double[][] table = uniform(100);
    BatchNormModel model = stage().fit(Frames.of(table));
    for (int j = 0; j < FEATURES; j++) {
      assertEquals(mean(table, j), model.mean().apply(j), 10 * ROUNDING);
      assertEquals(torchVar(table, j), model.variance(1)[j], 10 * ROUNDING);
    }
    assertEquals(100, model.count());
  }

  @ParameterizedTest(name = "{0} rows, seed " + SEED)
  @ValueSource(ints = {3, 10, 100})
  void normalizedColumnsHaveMeanZero(int rows) {
    double[][] normalized = normalized(uniform(rows));
    for (int j = 0; j < FEATURES; j++) {
      assertEquals(0, mean(normalized, j), ROUNDING);
    }
  }

  @ParameterizedTest(name = "{0} rows: {1}, seed " + SEED)
  @CsvSource({"100, 1.0101", "10, 1.1111", "3, 1.5"})
  void normalizedColumnsHaveVarianceOneBeforeTheDivisorsDiffer(int rows, double shown) {
    double[][] table = uniform(rows);
    double[][] normalized = normalized(table);
    for (int j = 0; j < FEATURES; j++) {
      double before = torchVar(table, j) * (rows - 1) / rows;
      // n / (n - 1), less what eps adds to the variance that is divided by
      double exact = (double) rows / (rows - 1) * before / (before + EPS);
      assertEquals(exact, torchVar(normalized, j), ROUNDING);
      assertEquals(shown, torchVar(normalized, j), SHOWN + shown * EPS / before);
    }
  }

  @Test
  void oneRowOnlyIsAnError() {
    Dataset<Row> row = Frames.of(uniform(1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> stage().fit(row)).getMessage();
    assertTrue(
        message.startsWith(
            "Expected more than 1 value per channel when training, got input size [1, 10]"),
        message);
  }

  @Test
  void aConstantColumnComesOutAsZerosAndHasNoVariance() {
    double[][] table = uniform(100);
    Arrays.stream(table).forEach(row -> row[3] = 0.7);
    BatchNormModel model = stage().fit(Frames.of(table));
    assertEquals(0, model.variance().apply(3));
    assertEquals(0, model.variance(1)[3]);
    for (double[] row : normalized(table)) {
      assertEquals(0, row[3]);
    }
  }

  /** Mean and variance of the whole sample, computed once, applied to any part of it. */
  @Test
  void partsAreNormalizedByTheWholeSample() {
    double[][] table = uniform(100);
    BatchNormModel fitted = stage().fit(Frames.of(table));
    double[][] firstThree = Arrays.copyOf(table, 3);
    double[][] whole = Frames.table(fitted.transform(Frames.of(table)), "normalized");
    double[][] part = Frames.table(fitted.transform(Frames.of(firstThree)), "normalized");
    BatchNormModel known =
        BatchNormModel.of(fitted.mean(), Vectors.dense(fitted.variance(0)))
            .setInputCol(Frames.FEATURES)
            .setOutputCol("normalized")
            .setEps(EPS);
    double[][] byKnown = Frames.table(known.transform(Frames.of(firstThree)), "normalized");
    for (int i = 0; i < 3; i++) {
      assertEquals(Arrays.toString(whole[i]), Arrays.toString(part[i]));
      assertEquals(Arrays.toString(whole[i]), Arrays.toString(byKnown[i]));
    }
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCol(Frames.FEATURES).setOutputCol("normalized").setEps(EPS);
  }

  private static double[][] normalized(double[][] table) {
    Dataset<Row> rows = Frames.of(table);
    return Frames.table(stage().fit(rows).transform(rows), "normalized");
  }

  private static double[][] uniform(int rows) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[][] table = new double[rows][];
    for (int i = 0; i < rows; i++) {
      table[i] = random.doubles(FEATURES, 0, 10).toArray();
    }
    return table;
  }

  /** By hand. */
  private static double mean(double[][] table, int j) {
    return Arrays.stream(table).mapToDouble(row -> row[j]).sum() / table.length;
  }

  /** By hand, about the mean. */
  private static double torchVar(double[][] table, int j) {
    double mean = mean(table, j);
    return Arrays.stream(table).mapToDouble(row -> (row[j] - mean) * (row[j] - mean)).sum()
        / (table.length - 1);
  }
}
