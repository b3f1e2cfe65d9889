package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Moments count rows, values and missing values, by number and by weight. */
class CountsTest {
  private static final double[] WEIGHTS = {2, 0.5, 4};

  @Test
  void valuesAndMissingValuesAreCounted() {
    Moments moments =
        Tables.dense(
            new double[] {1, Double.NaN, 3, Double.POSITIVE_INFINITY}, new double[] {5, 6, 7, 8});
    moments.addAbsent(1);
    assertEquals(5, moments.rows());
    assertEquals(5, moments.count());
    assertEquals(5, moments.totalWeight());
    assertEquals(1, moments.absentRows());
    assertEquals(new SampleSize(5, 5), moments.sampleSize());
    assertEquals(2, moments.count(0));
    assertEquals(3, moments.missing(0));
    assertEquals(2, moments.notANumber(0));
    assertEquals(1, moments.infinite(0));
    assertEquals(new SampleSize(2, 2), moments.sampleSize(0));
    assertEquals(4, moments.count(1));
    assertEquals(1, moments.missing(1));
    assertFalse(moments.isWeighted());
    assertFalse(moments.hasIntegers());
  }

  @Test
  void weightsAreCountedAndRounded() {
    Moments moments =
        Tables.denseWeighted(WEIGHTS, new double[] {1, Double.NaN, 3}, new double[] {4, 5, 6});
    assertTrue(moments.isWeighted());
    assertEquals(3, moments.rows());
    assertEquals(6.5, moments.totalWeight());
    // Halves are rounded up.
    assertEquals(7, moments.count());
    assertEquals(6, moments.count(0));
    assertEquals(1, moments.missing(0));
    assertEquals(new SampleSize(3, 6.5), moments.sampleSize());
    assertEquals(new SampleSize(2, 6), moments.sampleSize(0));
    moments.addAbsent(0.25);
    assertEquals(new SampleSize(4, 6.75), moments.sampleSize());
    assertEquals(new SampleSize(2, 6), moments.sampleSize(0));
    assertEquals(0.75, moments.feature(0).missingWeight().significand().doubleValue() / 4);
    assertEquals(1, moments.notANumber(1));
  }

  @Test
  void weightsThatSumToTheRowsAreNone() {
    assertFalse(Tables.denseWeighted(new double[] {0.5, 1.5}, new double[] {1, 2}).isWeighted());
    assertTrue(Tables.denseWeighted(new double[] {1, 1.5}, new double[] {1, 2}).isWeighted());
  }

  @Test
  void absentRowsOfAnyWeightAreOneSum() {
    Moments moments = Moments.empty();
    moments.addAbsent(1);
    moments.addAbsent(1);
    assertEquals(2, moments.absentWeight().doubleValue());
    moments.addAbsent(0.5);
    assertEquals(2.5, moments.absentWeight().doubleValue());
    assertEquals(2.5, moments.totalWeight());
    assertEquals(3, moments.absentRows());
    assertEquals(new SampleSize(3, 2.5), Moments.packedSize(moments.pack()));
    assertEquals(3, Tables.sent(moments).absentRows());
  }

  @Test
  void pagesAreTouchedByTheirFeatures() {
    int features = 2 * Moments.PAGE + 5;
    Moments moments = Moments.empty();
    moments.addSparse(features, new int[] {Moments.PAGE}, new double[] {3}, 1);
    assertFalse(moments.touches(0, Moments.PAGE));
    assertTrue(moments.touches(Moments.PAGE, 2 * Moments.PAGE));
    assertTrue(moments.touches(0, features));
    assertTrue(moments.touches(Moments.PAGE, features));
    assertFalse(moments.touches(2 * Moments.PAGE, features));
    assertFalse(moments.touches(features, features));
    assertEquals(1, moments.touched());
  }

  @Test
  void heldBytesGrowWithWhatIsTouched() {
    Moments none = Moments.empty();
    Moments one = Moments.empty();
    one.addDense(2, new double[] {1, 2}, 0, 1);
    Moments weighted = Moments.empty();
    weighted.addDense(2, new double[] {0, 1, 2}, 1, 3);
    // 128 bytes, 256 for each feature, 4 for each place of its page.
    assertEquals(128, none.heldBytes());
    assertEquals(128 + 2 * 256 + 2 * 4, one.heldBytes());
    assertEquals(one.heldBytes(), weighted.heldBytes());
    assertEquals(6, 2 * weighted.statistics().mean(0) + 2 * weighted.statistics().mean(1));
  }

  @Test
  void moreRowsThanALongCountsAreRefused() {
    Moments most = Moments.of(0, Long.MAX_VALUE, new Dyadic(BigInteger.ONE, 63));
    assertEquals(Long.MAX_VALUE, Moments.empty().merge(most).rows());
    Moments one = Moments.empty();
    one.addRows(1);
    assertThrows(RowCountOverflow.class, () -> Moments.empty().merge(most).merge(one));
  }
}
