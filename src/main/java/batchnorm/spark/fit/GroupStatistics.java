package batchnorm.spark.fit;

import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SampleSize;
import batchnorm.spark.moments.Statistics;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Statistics of groups as rows. */
public final class GroupStatistics {
  public static final int GROUP = 0;
  private static final int WEIGHT = 1;
  private static final int MEAN = 2;
  private static final int VARIANCE = 3;
  private static final int SAMPLE_VARIANCE = 4;
  private static final int ROWS = 7;
  private static final int EXTENSION = 8;

  private static final ArrayType DOUBLES = DataTypes.createArrayType(DataTypes.DoubleType, false);
  private static final ArrayType LONGS = DataTypes.createArrayType(DataTypes.LongType, false);

  /** Maximum bytes of statistics that are kept on the driver. */
  public static final long FEW_BYTES = 128L << 20;

  /** A value in each of the arrays of doubles and longs. */
  private static final long BYTES_A_FEATURE = 7 * Double.BYTES + 1;

  /** The headers of a row and of its arrays. */
  private static final long BYTES_A_GROUP = 288;

  private GroupStatistics() {}

  /** Returns the approximate size of the statistics of groups, in bytes. */
  public static long bytes(long groups, long keyBytes, int features) {
    return keyBytes + groups * (BYTES_A_GROUP + BYTES_A_FEATURE * features);
  }

  public static StructType schema(StructType keys) {
    return new StructType()
        .add("group", keys, false)
        .add("weight", DataTypes.DoubleType, false)
        .add("mean", DOUBLES, false)
        .add("variance", DOUBLES, false)
        .add("sampleVariance", DOUBLES, false)
        .add("count", LONGS, false)
        .add("missing", LONGS, false)
        .add("rows", DataTypes.LongType, false)
        .add("extension", LONGS, false)
        .add("min", DOUBLES, false)
        .add("max", DOUBLES, false);
  }

  /** Returns the statistics of a group; {@code features} is used if all its vectors are null. */
  public static InternalRow row(InternalRow record, StructType keys, int features) {
    Moments moments = Moments.empty();
    moments.mergePacked(InternalRecords.moments(record));
    moments.sizeToIfUnknown(features);
    return row(InternalRecords.key(record), keys, moments);
  }

  /** Returns the statistics of a group from its moments, which have a number of features. */
  static InternalRow row(byte[] key, StructType keys, Moments moments) {
    int features = moments.size();
    Statistics statistics = moments.statistics();
    return new GenericInternalRow(
        new Object[] {
          GroupKey.internal(key, keys),
          statistics.totalWeight(),
          doubles(features, statistics::mean),
          doubles(features, j -> statistics.variance(j, 0)),
          doubles(features, j -> statistics.variance(j, 1)),
          longs(features, moments::count),
          longs(features, moments::missing),
          moments.rows(),
          UnsafeArrayData.fromPrimitiveArray(statistics.extension()),
          doubles(features, moments::min),
          doubles(features, moments::max)
        });
  }

  /** Returns the size of the group in a row of {@link #schema}. */
  public static SampleSize size(InternalRow row) {
    return new SampleSize(row.getLong(ROWS), row.getDouble(WEIGHT));
  }

  /** Returns the statistics of the group in a row of {@link #schema}. */
  public static Statistics statistics(InternalRow row) {
    return Statistics.known(
        row.getArray(MEAN).toDoubleArray(),
        row.getArray(VARIANCE).toDoubleArray(),
        row.getArray(SAMPLE_VARIANCE).toDoubleArray(),
        FeatureExtension.read(row.getArray(EXTENSION).toLongArray()));
  }

  private static UnsafeArrayData doubles(int features, IntToDoubleFunction value) {
    double[] values = new double[features];
    Arrays.setAll(values, value);
    return UnsafeArrayData.fromPrimitiveArray(values);
  }

  private static UnsafeArrayData longs(int features, IntToLongFunction value) {
    long[] values = new long[features];
    Arrays.setAll(values, value);
    return UnsafeArrayData.fromPrimitiveArray(values);
  }
}
