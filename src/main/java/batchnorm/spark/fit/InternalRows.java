package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.StructType;

/**
 * Source of internal rows: those of the query's RDD, read in place, without a Row or Vector object
 * for each row.
 */
public final class InternalRows implements Source<InternalRow> {
  private final Dataset<Row> selected;

  /** Returns the rows of {@code selected}; numbers and weights are doubles. */
  public InternalRows(Dataset<Row> selected) {
    this.selected = selected;
  }

  @Override
  public <R> R execute(Function<Partitions<InternalRow>, R> jobs) {
    return Execution.of(
        selected, rows -> jobs.apply(new RddPartitions<>(selected.sparkSession(), rows)));
  }

  @Override
  public Reading<InternalRow, RowCollector> rows(RowLayout layout) {
    return rows -> {
      RowReader<InternalRow> reader = reader(layout);
      return PartitionReader.of(rows, reader::read);
    };
  }

  @Override
  public Reading<InternalRow, GroupCollector> keyedRows(RowLayout layout, StructType keys) {
    return rows -> {
      RowReader<InternalRow> reader = reader(layout);
      UnsafeProjection projection = GroupKey.projection(keys, layout.width());
      return PartitionReader.of(
          rows,
          (row, collector) -> {
            GroupKey.start(projection.apply(row), collector);
            reader.read(row, collector);
          });
    };
  }

  /** Returns a reader of rows in {@code layout}. */
  public static RowReader<InternalRow> reader(RowLayout layout) {
    return new RowReader<>(new Fields(), layout);
  }

  private static final class Fields implements RowFields<InternalRow> {
    @Override
    public boolean isNull(InternalRow row, int column) {
      return row.isNullAt(column);
    }

    @Override
    public double getDouble(InternalRow row, int column) {
      return row.getDouble(column);
    }

    @Override
    public long getLong(InternalRow row, int column) {
      return row.getLong(column);
    }

    @Override
    public double[] array(InternalRow row, int column, ColumnKind kind) {
      ArrayData array = row.getArray(column);
      if (kind == ColumnKind.DOUBLE_ARRAY) {
        return VectorStruct.doubles(array);
      }
      double[] elements = new double[array.numElements()];
      for (int j = 0; j < elements.length; j++) {
        elements[j] = array.isNullAt(j) ? Double.NaN : array.getFloat(j);
      }
      return elements;
    }

    @Override
    public StoredVector vector(InternalRow row, int column) {
      return new VectorStruct(row.getStruct(column, VectorStruct.FIELDS));
    }
  }
}
