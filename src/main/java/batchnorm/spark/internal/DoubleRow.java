package batchnorm.spark.internal;

import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.unsafe.Platform;

/**
 * Doubles that are written where they stay: the values go straight into the words that an {@code
 * UnsafeArrayData} points to, whose layout is the number of elements, a null bit for each, then the
 * elements, all in words of eight bytes. Copying an array into that form would touch it twice.
 */
final class DoubleRow {
  private DoubleRow() {}

  /** Returns the words of an array of {@code size} doubles, none of them null. */
  static double[] allocate(int size) {
    double[] words = new double[offset(size) + size];
    Platform.putLong(words, Platform.DOUBLE_ARRAY_OFFSET, size);
    return words;
  }

  /** Where the elements begin in the words of an array of {@code size} doubles. */
  static int offset(int size) {
    return UnsafeArrayData.calculateHeaderPortionInBytes(size) / Double.BYTES;
  }

  /** Returns the array that {@code words} hold. */
  static UnsafeArrayData array(double[] words) {
    UnsafeArrayData array = new UnsafeArrayData();
    array.pointTo(words, Platform.DOUBLE_ARRAY_OFFSET, words.length * Double.BYTES);
    return array;
  }
}
