package batchnorm.spark.fit;

import java.nio.ByteBuffer;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rows that hold some rows of a group: a hash of its key, the bytes of the key's {@code UnsafeRow},
 * and the moments as bytes. A row without a key holds what was wrong with the rows of a task.
 */
public final class GroupRecords {
  static final String HASH = "hash";
  static final StructType SCHEMA =
      new StructType()
          .add(HASH, DataTypes.LongType, false)
          .add("key", DataTypes.BinaryType, true)
          .add("moments", DataTypes.BinaryType, false);

  private static final int INITIAL_BYTES = 512;

  private final UnsafeRowWriter writer = new UnsafeRowWriter(SCHEMA.size(), INITIAL_BYTES);

  /** The record of a group; the next one is written over it. */
  public UnsafeRow group(long hash, byte[] key, byte[] moments) {
    writer.reset();
    writer.zeroOutNullBytes();
    writer.write(0, hash);
    writer.write(1, key);
    writer.write(2, moments);
    return writer.getRow();
  }

  /** The record of what was wrong with rows. */
  UnsafeRow faults(DatasetMoments faults) {
    writer.reset();
    writer.zeroOutNullBytes();
    writer.write(0, 0L);
    writer.setNullAt(1);
    writer.write(2, faults.toBytes());
    return writer.getRow();
  }

  /** Returns records as bytes. */
  static Iterator<byte[]> bytes(Iterator<InternalRow> records) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public byte[] next() {
        return ((UnsafeRow) records.next()).getBytes();
      }
    };
  }

  /** Returns the record of which {@link #bytes(Iterator)} gave the bytes. */
  static InternalRow of(byte[] bytes) {
    UnsafeRow record = new UnsafeRow(SCHEMA.size());
    record.pointTo(bytes, bytes.length);
    return record;
  }

  static boolean isGroup(InternalRow record) {
    return !record.isNullAt(1);
  }

  static long hash(InternalRow record) {
    return record.getLong(0);
  }

  public static byte[] key(InternalRow record) {
    return record.getBinary(1);
  }

  public static byte[] moments(InternalRow record) {
    return record.getBinary(2);
  }

  static DatasetMoments faults(InternalRow record) {
    return DatasetMoments.of(ByteBuffer.wrap(record.getBinary(2)));
  }
}
