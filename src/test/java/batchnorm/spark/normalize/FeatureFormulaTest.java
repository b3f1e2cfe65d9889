package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.IntegerMean;
import batchnorm.spark.moments.ScaledDouble;
import batchnorm.spark.moments.Statistics;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The parts of a formula are those that an export writes: they give the image of a value. */
class FeatureFormulaTest {
  private static final long WHOLE = 9_007_199_254_740_995L;
  private static final int PLAIN = 0;
  private static final int INTEGERS = 1;
  private static final int LARGE = 2;
  private static final int TINY = 4;

  /** Plain features, one of integers, and two near the ends of the range of double. */
  private static final Statistics STATISTICS =
      Statistics.known(
          new double[] {5, 0x1p53, 1e300, 3e-300, 0},
          new double[] {4, 9, 1e306, 0x1p-1040, 0},
          new double[] {4, 9, 1e306, 0x1p-1040, 0},
          Map.of(
              INTEGERS,
              new FeatureExtension(new IntegerMean(WHOLE, 0.25), null, null),
              TINY,
              new FeatureExtension(null, new ScaledDouble(0.75, -2000), null)));

  private static final Recipe RECIPE =
      new Recipe(
          true,
          true,
          0,
          0,
          Optional.of(new double[] {3, 5, 7, 0.5, 2}),
          Optional.of(new double[] {1, 0.125, -2, 0.25, 9}));

  @ParameterizedTest
  @EnumSource(Direction.class)
  void partsGiveTheImage(Direction direction) {
    Coefficients map = direction.coefficients(STATISTICS, RECIPE);
    double[] row = {9.5, WHOLE + 9, 3e300, 1e-299, 0x1p-1000};
    for (int j = 0; j < row.length; j++) {
      FeatureFormula formula = map.formula(j);
      double distance =
          formula.isOfIntegers()
              ? (long) row[j] - formula.whole() - formula.fraction()
              : row[j] * formula.before() - formula.center();
      double image =
          (distance * formula.scale() + formula.secondShift() + formula.shift()) * formula.after();
      assertEquals(image, map.image(j, row[j]), "feature " + j);
      assertEquals(formula, map.feature(j).formula(0), "feature " + j);
    }
    double[] images = new double[row.length + 1];
    map.writeImages(row, images, 1);
    for (int j = 0; j < row.length; j++) {
      assertEquals(map.image(j, row[j]), images[1 + j], "feature " + j);
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void onlyFeaturesThatNeedThemHaveMoreParts(Direction direction) {
    Coefficients map = direction.coefficients(STATISTICS, RECIPE);
    boolean restores = direction == Direction.RESTORING;
    for (int j = 0; j < map.features(); j++) {
      FeatureFormula formula = map.formula(j);
      boolean isScaled = j == LARGE || j == TINY;
      assertEquals(j == INTEGERS && !restores, formula.isOfIntegers());
      assertEquals(isScaled && !restores, formula.before() != 1, "feature " + j);
      assertEquals(isScaled && restores, formula.after() != 1, "feature " + j);
      assertEquals(isScaled, !map.isWithinRange(j), "feature " + j);
      assertEquals(j == INTEGERS && restores, formula.secondShift() != 0, "feature " + j);
    }
    FeatureFormula plain = map.formula(PLAIN);
    assertEquals(Double.doubleToRawLongBits(-0.0), Double.doubleToRawLongBits(plain.secondShift()));
    assertEquals(0, plain.whole());
    assertEquals(0, plain.fraction());
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void mapsOfPlainFeaturesHaveTheSameParts(Direction direction) {
    Statistics plain = Statistics.known(new double[] {5, -2}, new double[] {4, 16});
    Recipe recipe = new Recipe(true, true, 0, 0, Optional.empty(), Optional.empty());
    Coefficients map = direction.coefficients(plain, recipe);
    FeatureFormula second = map.formula(1);
    boolean restores = direction == Direction.RESTORING;
    assertEquals(
        restores ? new FeatureFormula(0, 4, -2, 0, 0, 0) : new FeatureFormula(-2, 0.25, 0, 0, 0, 0),
        second);
    assertTrue(Arrays.stream(new int[] {0, 1}).allMatch(j -> map.formula(j).isPlain()));
  }
}
