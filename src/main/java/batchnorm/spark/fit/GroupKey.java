package batchnorm.spark.fit;

import batchnorm.spark.compat.ScalaSeq;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.optimizer.NormalizeNaNAndZero;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.Platform;

/**
 * The keys of groups as the bytes of an {@code UnsafeRow}: two keys are of one group where their
 * bytes are equal. All NaN are one key, and -0.0 and 0.0 are.
 */
public final class GroupKey {
  private GroupKey() {}

  /** Returns a projection of rows to their keys, which begin at column {@code first}. */
  public static UnsafeProjection projection(StructType keys, int first) {
    List<Expression> columns = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      columns.add(new BoundReference(first + i, keys.fields()[i].dataType(), true));
    }
    return UnsafeProjection.create(ScalaSeq.of(normalized(columns)));
  }

  /** Returns {@code keys} with one NaN and one zero. */
  public static List<Expression> normalized(List<Expression> keys) {
    return keys.stream().map(GroupKey::normalized).toList();
  }

  private static Expression normalized(Expression key) {
    DataType type = key.dataType();
    boolean floating = type instanceof DoubleType || type instanceof FloatType;
    return floating ? new NormalizeNaNAndZero(key) : key;
  }

  /** Starts a row of the group that {@code key} is the key of. */
  static void start(UnsafeRow key, GroupCollector collector) {
    collector.startRow((byte[]) key.getBaseObject(), start(key), key.getSizeInBytes());
  }

  /** Index of the key's first byte in its array. */
  public static int start(UnsafeRow key) {
    return (int) (key.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET);
  }

  /** The key as a row of Spark's own. */
  public static UnsafeRow internal(byte[] key, StructType keys) {
    UnsafeRow row = new UnsafeRow(keys.size());
    row.pointTo(key, key.length);
    return row;
  }

  /** The key as users read it. */
  public static Row row(byte[] key, StructType keys) {
    return (Row) CatalystTypeConverters.createToScalaConverter(keys).apply(internal(key, keys));
  }
}
