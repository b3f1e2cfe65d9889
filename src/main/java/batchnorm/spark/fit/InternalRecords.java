package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.unsafe.array.ByteArrayMethods;

/** {@link Records} as internal rows, in which they are shuffled and persisted. */
public final class InternalRecords {
  private InternalRecords() {}

  /**
   * Returns the record of some rows of a group.
   *
   * @param hash a hash of the key, see {@link GroupKeys#hash}
   */
  public static UnsafeRow of(long hash, byte[] key, byte[] moments) {
    int bytes = Math.addExact(key == null ? 0 : padded(key), padded(moments));
    UnsafeRowWriter writer = new UnsafeRowWriter(Records.SCHEMA.size(), bytes);
    writer.reset();
    writer.zeroOutNullBytes();
    writer.write(0, hash);
    if (key == null) {
      writer.setNullAt(1);
    } else {
      writer.write(1, key);
    }
    writer.write(2, moments);
    return writer.getRow();
  }

  /** Returns the number of bytes of an array in a row. */
  private static int padded(byte[] bytes) {
    return ByteArrayMethods.roundNumberOfBytesToNearestWord(bytes.length);
  }

  static UnsafeRow of(Row record) {
    return of(Records.number(record), Records.key(record), Records.value(record));
  }

  /** Returns the record with the given bytes of {@link UnsafeRow#getBytes}. */
  static InternalRow of(byte[] bytes) {
    UnsafeRow record = new UnsafeRow(Records.SCHEMA.size());
    record.pointTo(bytes, bytes.length);
    return record;
  }

  static Row row(InternalRow record) {
    return Records.of(number(record), areMoments(record) ? key(record) : null, moments(record));
  }

  /** Merges {@link Records#sorted} records into one record for each key. */
  static JavaRDD<InternalRow> merged(JavaRDD<InternalRow> sorted) {
    return sorted
        .map(InternalRecords::row)
        .mapPartitions(MergedRecords::new)
        .map(InternalRecords::of);
  }

  /** Returns the record of the same moments, which are to be taken out of others. */
  static InternalRow takenOut(InternalRow record) {
    byte[] moments = moments(record).clone();
    Moments.markAsTakenOut(moments);
    return of(number(record), key(record), moments);
  }

  static boolean areMoments(InternalRow record) {
    return !record.isNullAt(1);
  }

  static long number(InternalRow record) {
    return record.getLong(0);
  }

  public static byte[] key(InternalRow record) {
    return record.getBinary(1);
  }

  public static byte[] moments(InternalRow record) {
    return record.getBinary(2);
  }
}
