package batchnorm.spark.fit;

import batchnorm.spark.compat.ScalaSeq;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.optimizer.NormalizeNaNAndZero;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Keys of groups as bytes of an {@code UnsafeRow}: two rows are in the same group if the bytes are
 * equal. All NaN are equal, and -0.0 equals 0.0.
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

  /** Returns {@code keys} with NaN and zeros normalized. */
  public static List<Expression> normalized(List<Expression> keys) {
    return keys.stream().map(GroupKey::normalized).toList();
  }

  private static Expression normalized(Expression key) {
    DataType type = key.dataType();
    boolean floating = type instanceof DoubleType || type instanceof FloatType;
    return floating ? new NormalizeNaNAndZero(key) : key;
  }

  /** Starts a row of the group with the key {@code key}. */
  static void start(UnsafeRow key, GroupCollector collector) {
    collector.startRow((byte[]) key.getBaseObject(), start(key), key.getSizeInBytes());
  }

  /** Returns the index of the key's first byte in its array. */
  public static int start(UnsafeRow key) {
    return (int) (key.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET);
  }

  /** Returns the key as an internal row. */
  public static UnsafeRow internal(byte[] key, StructType keys) {
    UnsafeRow row = new UnsafeRow(keys.size());
    row.pointTo(key, key.length);
    return row;
  }

  /** Returns the key as a row of the public API. */
  public static Row row(byte[] key, StructType keys) {
    return (Row) CatalystTypeConverters.createToScalaConverter(keys).apply(internal(key, keys));
  }

  /**
   * Returns the values of a key. Dates and timestamps are those of java.time, so that they do not
   * depend on calendars and zones; texts are strings. Null is null.
   */
  public static List<Object> values(InternalRow key, StructType keys) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      DataType type = keys.fields()[i].dataType();
      values.add(key.isNullAt(i) ? null : value(key.get(i, type), type));
    }
    return values;
  }

  private static Object value(Object value, DataType type) {
    if (type instanceof DateType) {
      return LocalDate.ofEpochDay((Integer) value);
    }
    if (type instanceof TimestampType) {
      return DateTimeUtils.microsToInstant((Long) value);
    }
    if (type instanceof TimestampNTZType) {
      return DateTimeUtils.microsToLocalDateTime((Long) value);
    }
    if (value instanceof Decimal number) {
      return number.toJavaBigDecimal();
    }
    if (value instanceof Float number) {
      return number.doubleValue();
    }
    return value instanceof UTF8String ? value.toString() : value;
  }
}
