package batchnorm.spark.fit;

import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.unsafe.Platform;

/**
 * Doubles that are written without a copy, straight into the words that an {@code UnsafeArrayData}
 * points to, whose layout is the number of elements, a null bit for each, then the elements, all in
 * words of eight bytes. Copying an array into that form would touch it twice.
 */
public final class DoubleRow {
  private DoubleRow() {}

  /** Returns the words of an array of {@code size} doubles, none of them null. */
  public static double[] allocate(int size) {
    double[] words = new double[offset(size) + size];
    Platform.putLong(words, Platform.DOUBLE_ARRAY_OFFSET, size);
    return words;
  }

  /** Index of the first element among the words of an array of {@code size} doubles. */
  public static int offset(int size) {
    return UnsafeArrayData.calculateHeaderPortionInBytes(size) / Double.BYTES;
  }

  /** Returns the array that {@code words} hold. */
  public static UnsafeArrayData array(double[] words) {
    UnsafeArrayData array = new UnsafeArrayData();
    array.pointTo(words, Platform.DOUBLE_ARRAY_OFFSET, words.length * Double.BYTES);
    return array;
  }
}
