package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.moments.Moments;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SizeEstimator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupStatisticsTest {
  private static final StructType KEYS = new StructType().add("k", DataTypes.LongType);

  /** Spark Connect limits the memory of models by this size. */
  @ParameterizedTest(name = "{0} features")
  @ValueSource(ints = {1, 8, 100, 3000})
  void theSizeOfStatisticsIsThatOfTheirRows(int features) {
    Moments moments = Moments.empty();
    for (int value = 1; value <= 3; value++) {
      double[] row = new double[features];
      Arrays.fill(row, 0.1 * value);
      moments.addDense(features, row, 0, 1);
    }
    byte[] key = new byte[2 * Long.BYTES];
    InternalRow statistics = GroupStatistics.row(key, KEYS, moments);
    UnsafeRow row = UnsafeProjection.create(GroupStatistics.schema(KEYS)).apply(statistics).copy();
    long held = SizeEstimator.estimate(row);
    long told = GroupStatistics.bytes(1, key.length, features);
    assertTrue(held <= 1.1 * told && told <= 1.1 * held, held + " bytes, not " + told);
  }
}
