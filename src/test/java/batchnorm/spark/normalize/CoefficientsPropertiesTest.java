package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.Columns;
import batchnorm.spark.moments.Columns.Column;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.moments.Tables;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

@Domain(Columns.class)
@Domain(DomainContext.Global.class)
class CoefficientsPropertiesTest {

  /**
   * There and back: {@code x - mean} rounds to half an ulp of it, the product with the scale and
   * that with its inverse to one and a half each, beta and the mean to half an ulp of what they are
   * added to.
   */
  @Property(tries = 300)
  void restoringInvertsNormalizing(
      @ForAll Column column,
      @ForAll @DoubleRange(min = 0.5, max = 4) double gamma,
      @ForAll @DoubleRange(min = -2, max = 2) double beta,
      @ForAll boolean withMean,
      @ForAll boolean withStd) {
    Recipe recipe =
        new Recipe(
            withMean,
            withStd,
            1e-5,
            0,
            Optional.of(new double[] {-gamma}),
            Optional.of(new double[] {beta}));
    Statistics statistics = Tables.dense(column.values()).statistics();
    Coefficients there = Direction.NORMALIZING.coefficients(statistics, recipe);
    Coefficients back = Direction.RESTORING.coefficients(statistics, recipe);
    double inverseScale = recipe.divisor(statistics, 0).doubleValue() / gamma;
    for (double x : column.values()) {
      double tolerance =
          4 * Math.ulp(x)
              + 4 * Math.ulp(statistics.mean(0))
              + 4 * Math.ulp(Math.abs(beta) + Math.abs(there.image(0, x))) * inverseScale;
      assertEquals(x, back.image(0, there.image(0, x)), tolerance);
    }
  }
}
