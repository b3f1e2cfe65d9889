package batchnorm.spark.fit;

import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.unsafe.Platform;

/**
 * Array of doubles written without a copy, directly into the words of an {@code UnsafeArrayData}.
 * Their layout is the number of elements, a null bit for each, then the elements, all in words of
 * eight bytes. A copy into that form would touch the array twice.
 */
public final class DoubleRow {
  private DoubleRow() {}

  /** Returns the words of an array of {@code size} doubles, none of them null. */
  public static double[] allocate(int size) {
    double[] words = new double[offset(size) + size];
    Platform.putLong(words, Platform.DOUBLE_ARRAY_OFFSET, size);
    return words;
  }

  /** Returns the index of the first element in the words of an array of {@code size} doubles. */
  public static int offset(int size) {
    return UnsafeArrayData.calculateHeaderPortionInBytes(size) / Double.BYTES;
  }

  /** Returns {@code words} as an array. */
  public static UnsafeArrayData array(double[] words) {
    UnsafeArrayData array = new UnsafeArrayData();
    array.pointTo(words, Platform.DOUBLE_ARRAY_OFFSET, words.length * Double.BYTES);
    return array;
  }
}
