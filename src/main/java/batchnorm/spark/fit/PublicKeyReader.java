package batchnorm.spark.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Function1;

/**
 * Converts keys in rows of the public API, in the types of {@link
 * batchnorm.spark.columns.InputColumn#asPublicKey}, to bytes.
 */
public final class PublicKeyReader {
  private final int first;
  private final List<UnaryOperator<Object>> converters = new ArrayList<>();
  private final UnsafeProjection projection;

  /**
   * Returns a reader of keys.
   *
   * @param keys the group columns
   * @param first the index of the first key column in a row
   */
  public PublicKeyReader(StructType keys, int first) {
    this.first = first;
    for (StructField key : keys.fields()) {
      converters.add(converter(key.dataType()));
    }
    projection = GroupKey.projection(keys, 0);
  }

  /** Returns the key of a row; the next call overwrites it. */
  public UnsafeRow key(Row row) {
    Object[] key = new Object[converters.size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = row.isNullAt(first + i) ? null : converters.get(i).apply(row.get(first + i));
    }
    return projection.apply(new GenericInternalRow(key));
  }

  /** Returns the conversion of non-null values to Spark's internal ones. */
  private static UnaryOperator<Object> converter(DataType type) {
    if (type instanceof DateType || type instanceof TimestampType) {
      return value -> value;
    }
    if (type instanceof StringType) {
      return value -> UTF8String.fromBytes((byte[]) value);
    }
    Function1<Object, Object> own = CatalystTypeConverters.createToCatalystConverter(type);
    return own::apply;
  }
}
