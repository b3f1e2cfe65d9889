package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNorm;
import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code eps = 0, correction = 1} is Spark's own StandardScaler. */
class StandardScalerTest {
  private static final long SEED = 41;

  /**
   * StandardScaler sums in one pass with a division a value, and multiplies by the inverse of a
   * rounded deviation; results of up to 40 here, so this leaves 11 digits.
   */
  private static final double TOLERANCE = 1e-10;

  /** Compares datasets; only its comparison is used, as its own session is JUnit 4's to start. */
  private final JavaDatasetSuiteBase comparison = new JavaDatasetSuiteBase();

  @ParameterizedTest(name = "withMean {0}, withStd {1}, seed " + SEED)
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void vectorsComeOutAsFromStandardScaler(boolean withMean, boolean withStd) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[][] table = new double[300][];
    // offset, spread: about 0, far from 0, tiny, large
    double[][] features = {{-0.5, 1}, {100, 3}, {0, 1e-3}, {-5, 10}};
    for (int i = 0; i < table.length; i++) {
      table[i] =
          Arrays.stream(features).mapToDouble(f -> f[0] + f[1] * random.nextDouble()).toArray();
    }
    assertSameOutput(Frames.of(table), features.length, withMean, withStd);
  }

  @ParameterizedTest(name = "withMean {0}, withStd {1}")
  @CsvSource({"true, true", "false, true"})
  void columnsComeOutAsAssembledAndScaled(boolean withMean, boolean withStd) {
    Dataset<Row> cancer = Frames.csv("/data/breast-cancer-wisconsin.csv").drop("diagnosis");
    String[] columns = cancer.columns();
    Dataset<Row> assembled =
        new VectorAssembler().setInputCols(columns).setOutputCol(Frames.FEATURES).transform(cancer);
    Dataset<Row> ours =
        stage(withMean, withStd).setInputCols(columns).fit(cancer).transform(cancer);
    assertEquals(30, columns.length);
    assertApproximatelyEqual(
        Frames.elements(scaled(assembled, withMean, withStd), "scaled", columns.length),
        Frames.elements(ours, "normalized", columns.length),
        TOLERANCE);
  }

  /** StandardScaler maps a constant that is not centred to 0; we keep it. */
  @Test
  void aConstantThatIsNotCentredKeepsItsValue() {
    Dataset<Row> constant = Frames.of(new double[][] {{7}, {7}, {7}});
    Dataset<Row> ours =
        stage(false, true).setInputCol(Frames.FEATURES).fit(constant).transform(constant);
    assertEquals(7, Frames.table(ours, "normalized")[0][0]);
    assertEquals(0, Frames.table(scaled(constant, false, true), "scaled")[0][0]);
    assertSameOutput(constant, 1, true, true);
  }

  /** The test of these tests: the comparison must see a difference ten times the tolerance. */
  @Test
  void theComparisonSeesASmallDifference() {
    Dataset<Row> one = Frames.elements(Frames.of(new double[][] {{1, 2}, {3, 4}}), "features", 2);
    Dataset<Row> other =
        Frames.elements(Frames.of(new double[][] {{1, 2}, {3, 4 + 1e-9}}), "features", 2);
    assertThrows(Throwable.class, () -> assertApproximatelyEqual(one, other, TOLERANCE));
    assertApproximatelyEqual(one, other, 1e-8);
  }

  private void assertSameOutput(Dataset<Row> vectors, int size, boolean withMean, boolean withStd) {
    Dataset<Row> ours =
        stage(withMean, withStd).setInputCol(Frames.FEATURES).fit(vectors).transform(vectors);
    assertApproximatelyEqual(
        Frames.elements(scaled(vectors, withMean, withStd), "scaled", size),
        Frames.elements(ours, "normalized", size),
        TOLERANCE);
  }

  private static BatchNorm stage(boolean withMean, boolean withStd) {
    return new BatchNorm()
        .setOutputCol("normalized")
        .setEps(0)
        .setCorrection(1)
        .setWithMean(withMean)
        .setWithStd(withStd);
  }

  private static Dataset<Row> scaled(Dataset<Row> vectors, boolean withMean, boolean withStd) {
    return new StandardScaler()
        .setInputCol(Frames.FEATURES)
        .setOutputCol("scaled")
        .setWithMean(withMean)
        .setWithStd(withStd)
        .fit(vectors)
        .transform(vectors);
  }

  /**
   * Newer releases of spark-testing-base, as that for Spark 3.5, deprecate what older ones have.
   */
  @SuppressWarnings("deprecation")
  private void assertApproximatelyEqual(
      Dataset<Row> expected, Dataset<Row> actual, double tolerance) {
    comparison.assertDataFrameApproximateEquals(expected, actual, tolerance);
  }
}
