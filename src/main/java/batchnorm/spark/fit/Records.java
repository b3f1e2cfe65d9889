package batchnorm.spark.fit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Records of tasks that are merged by key, as rows of the public API:
 *
 * <pre>
 *   number   long     a hash of the key of a group, or the number of a slice of features
 *   key      binary   the key of the group, see {@link GroupKey}; of a slice no bytes;
 *                     null if the value holds the faults of rows
 *   value    binary   as {@link batchnorm.spark.moments.Moments#pack} packs moments, or as
 *                     {@link DatasetMoments#toBytes} writes faults
 * </pre>
 */
public final class Records {
  static final String NUMBER = "number";
  static final StructType SCHEMA =
      new StructType()
          .add(NUMBER, DataTypes.LongType, false)
          .add("key", DataTypes.BinaryType, true)
          .add("value", DataTypes.BinaryType, false);
  static final Encoder<Row> ENCODER = Encoders.row(SCHEMA);

  private Records() {}

  static Row of(long number, byte[] key, byte[] value) {
    return RowFactory.create(number, key, value);
  }

  /** Returns the record of the faults of rows. */
  static Row ofFaults(DatasetMoments faults) {
    return of(0, null, faults.toBytes());
  }

  /** Returns the records partitioned by number, and sorted by it within partitions. */
  static Dataset<Row> sorted(Dataset<Row> records) {
    return records.repartition(functions.col(NUMBER)).sortWithinPartitions(NUMBER);
  }

  /**
   * Returns the records partitioned by number into {@code partitions}, and sorted by it within
   * each.
   */
  static Dataset<Row> sorted(Dataset<Row> records, int partitions) {
    return records.repartition(partitions, functions.col(NUMBER)).sortWithinPartitions(NUMBER);
  }

  static boolean areMoments(Row record) {
    return !record.isNullAt(1);
  }

  /** Returns the hash of the group's key, or the number of the slice. */
  public static long number(Row record) {
    return record.getLong(0);
  }

  /** Returns the key of the group. */
  public static byte[] key(Row record) {
    return record.getAs(1);
  }

  /** Returns the packed moments, or the faults of rows. */
  public static byte[] value(Row record) {
    return record.getAs(2);
  }
}
