package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Properties of features that a recipe derives from statistics, without mapping values. */
class RecipeTest {
  private static final Optional<double[]> NONE = Optional.empty();

  /** Mean 5; the variance is 4 with divisor n and 8 with n - 1. */
  private static final Statistics THREE_AND_SEVEN = Tables.dense(new double[] {3, 7}).statistics();

  private static final Statistics CONSTANT = Tables.dense(new double[] {4, 4}).statistics();
  private static final Statistics INFINITE =
      Statistics.known(new double[] {5}, new double[] {Double.POSITIVE_INFINITY});
  private static final Statistics NO_VALUES =
      Tables.dense(new double[] {Double.NaN, Double.NaN}).statistics();

  @ParameterizedTest(name = "std {0}, eps {1}, correction {2}: {3}")
  @CsvSource({
    "true, 0, 0, 1",
    // sqrt(4 / (4 + 12))
    "true, 12, 0, 0.5",
    // sqrt(8 / (8 + 24))
    "true, 24, 1, 0.5",
    "false, 12, 0, 2",
    "false, 0, 1, 2.8284271247461903",
  })
  void stdAfterIsThatOfTheNormalizedData(
      boolean withStd, double eps, int correction, double expected) {
    Recipe recipe = new Recipe(true, withStd, eps, correction, NONE, NONE);
    assertEquals(expected, recipe.stdAfter(THREE_AND_SEVEN, 0));
    assertEquals(withStd, recipe.withStd());
    assertEquals(eps, recipe.eps());
    assertEquals(correction, recipe.correction());
  }

  @Test
  void stdAfterIsZeroWithoutVariationAndNaNWithoutValues() {
    for (double eps : new double[] {0, 1e-5}) {
      assertEquals(0, recipe(eps).stdAfter(CONSTANT, 0));
      assertEquals(0, recipe(eps).stdAfter(INFINITE, 0));
      assertEquals(Double.NaN, recipe(eps).stdAfter(NO_VALUES, 0));
    }
  }

  /** 0.995 is sqrt(1 / (1 + eps / 4)) for eps = 4 (1 / 0.995^2 - 1) = 0.0403. */
  @ParameterizedTest(name = "eps {0}: {1}")
  @CsvSource({"0, false", "1e-5, false", "0.0402, false", "0.0404, true", "12, true"})
  void aFeatureIsFlattenedByAnEpsNearItsVariance(double eps, boolean expected) {
    assertEquals(expected, recipe(eps).flattens(THREE_AND_SEVEN, 0));
  }

  @Test
  void nothingIsFlattenedWithoutScalingOrVariation() {
    assertFalse(new Recipe(true, false, 12, 0, NONE, NONE).flattens(THREE_AND_SEVEN, 0));
    assertFalse(recipe(12).flattens(CONSTANT, 0));
    assertFalse(recipe(12).flattens(INFINITE, 0));
  }

  @Test
  void aFeatureIsUnscaledWithoutStdOrIfItIsConstantWithoutEps() {
    assertTrue(new Recipe(true, false, 12, 0, NONE, NONE).isUnscaled(THREE_AND_SEVEN, 0));
    assertTrue(recipe(0).isUnscaled(CONSTANT, 0));
    assertFalse(recipe(1e-5).isUnscaled(CONSTANT, 0));
    assertFalse(recipe(0).isUnscaled(THREE_AND_SEVEN, 0));
  }

  @Test
  void recipesAreEqualIfAllParametersAre() {
    Recipe recipe = with(true, true, 1e-5, 1, 3, 7);
    assertEquals(recipe, with(true, true, 1e-5, 1, 3, 7));
    assertEquals(recipe.hashCode(), with(true, true, 1e-5, 1, 3, 7).hashCode());
    List<Recipe> others =
        List.of(
            with(false, true, 1e-5, 1, 3, 7),
            with(true, false, 1e-5, 1, 3, 7),
            with(true, true, 1e-4, 1, 3, 7),
            with(true, true, 1e-5, 0, 3, 7),
            with(true, true, 1e-5, 1, 4, 7),
            with(true, true, 1e-5, 1, 3, 8),
            recipe(1e-5));
    for (Recipe other : others) {
      assertNotEquals(recipe, other);
    }
    // Eps and gamma differ the most often between recipes that one program compares.
    assertNotEquals(recipe.hashCode(), others.get(2).hashCode());
    assertNotEquals(recipe.hashCode(), others.get(4).hashCode());
  }

  private static Recipe recipe(double eps) {
    return new Recipe(true, true, eps, 0, NONE, NONE);
  }

  private static Recipe with(
      boolean mean, boolean std, double eps, int correction, double gamma, double beta) {
    return new Recipe(
        mean,
        std,
        eps,
        correction,
        Optional.of(new double[] {gamma}),
        Optional.of(new double[] {beta}));
  }
}
