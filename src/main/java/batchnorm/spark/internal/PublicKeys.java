package batchnorm.spark.internal;

import batchnorm.spark.moments.GroupCollector;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Function1;

/** Rows of the public API with the keys of their groups, which become rows of Spark's own. */
final class PublicKeys implements GroupedRows.Source {
  private final Iterator<Row> rows;
  private final PublicRowReader reader;
  private final int first;
  private final List<UnaryOperator<Object>> converters = new ArrayList<>();
  private final UnsafeProjection projection;

  /** Reads {@code rows}, whose keys are those of {@link batchnorm.spark.columns.PublicKey}. */
  PublicKeys(Iterator<Row> rows, RowLayout layout, StructType keys) {
    this.rows = rows;
    reader = PublicRowReader.of(layout);
    first = GroupedRows.firstKey(layout);
    for (StructField key : keys.fields()) {
      converters.add(converter(key.dataType()));
    }
    projection = GroupKey.projection(keys, 0);
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public void read(GroupCollector collector) {
    Row row = rows.next();
    Object[] key = new Object[converters.size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = row.isNullAt(first + i) ? null : converters.get(i).apply(row.get(first + i));
    }
    GroupedRows.start(projection.apply(new GenericInternalRow(key)), collector);
    reader.read(row, collector);
  }

  /** What makes a value of Spark's own of one that is not null. */
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
