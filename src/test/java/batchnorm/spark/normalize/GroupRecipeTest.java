package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupRecipeTest {
  private static final double[] MEAN = {1, -2};
  private static final double[] POPULATION = {4, 9};
  private static final double[] SAMPLE = {5, 10};
  private static final Statistics GLOBAL =
      Statistics.known(new double[] {7, 8}, new double[] {1, 1});

  private static Recipe recipe(int correction) {
    return new Recipe(
        true,
        true,
        0.5,
        correction,
        Optional.of(new double[] {2, 3}),
        Optional.of(new double[] {-1, 1}));
  }

  private static GroupRecipe of(Direction direction, SmallGroup small) {
    return new GroupRecipe(recipe(0), direction, small, GLOBAL);
  }

  private static Coefficients map(GroupRecipe recipe, double weight) {
    return recipe.coefficients(
        () ->
            TransformErrors.smallGroupToNormalize("store=7", weight, recipe.recipe().correction()),
        new SampleSize(1, weight),
        () -> Statistics.known(MEAN, POPULATION, SAMPLE));
  }

  @ParameterizedTest
  @EnumSource
  void aGroupIsMappedAsItsRowsAlone(Direction direction) {
    for (int correction = 0; correction < 2; correction++) {
      double[] variance = correction == 0 ? POPULATION : SAMPLE;
      assertEquals(
          direction.coefficients(Statistics.known(MEAN, variance), recipe(correction)),
          map(new GroupRecipe(recipe(correction), direction, SmallGroup.GLOBAL, GLOBAL), 2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSmallGroupIsMappedAsAllRowsOrByMeanZeroAndVarianceOne(Direction direction) {
    assertEquals(
        direction.coefficients(GLOBAL, recipe(0)), map(of(direction, SmallGroup.GLOBAL), 1));
    assertEquals(
        direction.coefficients(Statistics.known(new double[2], new double[] {1, 1}), recipe(0)),
        map(of(direction, SmallGroup.UNIT), 0.5));
  }

  @Test
  void aSmallGroupIsRefusedByName() {
    GroupRecipe refusing = of(Direction.NORMALIZING, SmallGroup.ERROR);
    assertEquals(
        "Group store=7 was fitted on rows of weight 0.5, expected two rows or more, or a weight above 1; smallGroup is "
            + "'error'. Set smallGroup to 'global' to use the statistics of all rows or to 'unit' to "
            + "use mean 0 and variance 1.",
        assertThrows(IllegalArgumentException.class, () -> map(refusing, 0.5)).getMessage());
    assertEquals(map(of(Direction.NORMALIZING, SmallGroup.GLOBAL), 2), map(refusing, 2));
  }

  @Test
  void recipesAreEqualWhereTheyMakeTheSame() {
    GroupRecipe one = of(Direction.NORMALIZING, SmallGroup.GLOBAL);
    assertEquals(one, of(Direction.NORMALIZING, SmallGroup.GLOBAL));
    assertEquals(one.hashCode(), of(Direction.NORMALIZING, SmallGroup.GLOBAL).hashCode());
    assertNotEquals(one, of(Direction.NORMALIZING, SmallGroup.UNIT));
    assertNotEquals(one, of(Direction.RESTORING, SmallGroup.GLOBAL));
    assertNotEquals(
        one, new GroupRecipe(recipe(1), Direction.NORMALIZING, SmallGroup.GLOBAL, GLOBAL));
  }

  @Test
  void aRecipeThatWasSentIsTheSame() throws IOException, ClassNotFoundException {
    GroupRecipe sent = of(Direction.RESTORING, SmallGroup.UNIT);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(sent);
    Object received =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    assertEquals(sent, received);
    assertEquals(map(sent, 2), map((GroupRecipe) received, 2));
  }

  @Test
  void mapsInOneArrayMapAsEachAlone() {
    Coefficients first = map(of(Direction.NORMALIZING, SmallGroup.GLOBAL), 2);
    Coefficients zeros = Coefficients.of(new double[] {0, 0, 2, 3, 0, 0}, 2);
    Coefficients maps = Coefficients.of(List.of(first, zeros), 2);
    for (double x : new double[] {0, 1.5, -3e300, Double.NaN}) {
      for (int j = 0; j < 2; j++) {
        assertEquals(first.image(j, x), maps.image(0, j, x));
        assertEquals(zeros.image(j, x), maps.image(1, j, x));
        assertEquals(zeros.image(j, x), maps.map(1).image(j, x));
      }
    }
    double[] images = new double[2];
    maps.map(1).writeImages(new double[] {1, 2}, images, 0);
    assertArrayEquals(new double[] {2, 6}, images);
    assertEquals(first, maps.map(0));
    assertEquals(zeros.feature(1), maps.map(1).feature(1));
    assertFalse(maps.map(0).keepsZeros());
    assertTrue(maps.map(1).keepsZeros());
  }
}
