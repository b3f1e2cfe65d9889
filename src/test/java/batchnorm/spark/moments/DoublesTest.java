package batchnorm.spark.moments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoublesTest {
  /** Every place of arrays of every length around that of a step. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void oneValueThatIsNotFiniteIsFoundAtEveryPlaceOfARange(double other) {
    for (int length = 0; length <= 13; length++) {
      double[] values = new double[length];
      Arrays.fill(values, -Double.MAX_VALUE);
      assertTrue(Doubles.allFinite(values));
      for (int place = 0; place < length; place++) {
        values[place] = other;
        assertEquals(false, Doubles.allFinite(values), place + " of " + length);
        for (int from = 0; from <= length; from++) {
          for (int count = 0; from + count <= length; count++) {
            boolean isOutside = place < from || place >= from + count;
            assertEquals(
                isOutside,
                Doubles.allFinite(values, from, count),
                place + " of " + length + ", from " + from + ", " + count);
          }
        }
        values[place] = 1;
      }
    }
  }
}
