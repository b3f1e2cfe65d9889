package batchnorm.spark.reference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.math.BigDecimal;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * NIST's Statistical Reference Datasets NumAcc1 to NumAcc4, in digits that agree: the log relative
 * error {@code LRE = -log10(|found - expected| / |expected|)}.
 */
class NistTest {
  /** Number of digits that equal doubles agree in; doubles have no more. */
  private static final double ALL_DIGITS = 17;

  /** Half an ulp is 1.1e-16 of the value at most. */
  private static final double ROUNDED_ONCE = 15.9;

  /** The variance is rounded and then its root: 1.5 times 2^-53 of the value at most. */
  private static final double ROUNDED_TWICE = 15.77;

  /**
   * Certified values hold for the decimals, so the digits here are those that the doubles of the
   * file have in common with them (nist/README.md): on NumAcc3 and 4 no program that reads doubles
   * has more of the deviation. The mean of NumAcc2 lies halfway between two doubles, and the
   * nearest double to the deviation of its doubles has 15.65 digits.
   */
  @ParameterizedTest(name = "{0}: {1} and {2} digits")
  @CsvSource({
    "NumAcc1, 17, 17",
    "NumAcc2, 15.8, 15.65",
    "NumAcc3, 15.9, 9.45",
    "NumAcc4, 15.9, 8.25"
  })
  void certifiedValuesComeOutToTheDigitsThatDoublesHave(
      String dataset, double digitsOfMean, double digitsOfSd) {
    Row certified = Frames.csv("/nist/certified.csv").filter("dataset = '" + dataset + "'").first();
    BatchNormModel model = fit(dataset);
    assertDigits(digitsOfMean, certified.getAs("mean").toString(), model.mean().apply(0));
    assertDigits(digitsOfSd, certified.getAs("sd").toString(), sd(model));
  }

  /** Exact arithmetic on the doubles of the file, divisor n - 1: nist/README.md. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "NumAcc1, 10000002, 1",
    "NumAcc2, 1.20000000000000006650, 0.09999999999999997780",
    "NumAcc3, 1000000.20000000001158338267, 0.10000000003492459655",
    "NumAcc4, 10000000.20000000018533412274, 0.10000000055879354477"
  })
  void exactArithmeticOnTheDoublesIsMatched(String dataset, String mean, String sd) {
    BatchNormModel model = fit(dataset);
    assertDigits(ROUNDED_ONCE, mean, model.mean().apply(0));
    assertDigits(ROUNDED_TWICE, sd, sd(model));
  }

  private static BatchNormModel fit(String dataset) {
    return new BatchNorm()
        .setInputCol("y")
        .setCorrection(1)
        .fit(Frames.csv("/nist/" + dataset + ".csv").repartition(3));
  }

  private static double sd(BatchNormModel model) {
    return model.std().apply(0);
  }

  private static void assertDigits(double digits, String expected, double found) {
    double reached = lre(expected, found);
    assertTrue(
        reached >= digits,
        () -> found + " agrees with " + expected + " to " + reached + " digits, not " + digits);
  }

  private static double lre(String expected, double found) {
    BigDecimal right = new BigDecimal(expected);
    double error = new BigDecimal(found).subtract(right).abs().doubleValue();
    return error == 0 ? ALL_DIGITS : -Math.log10(error / right.abs().doubleValue());
  }
}
