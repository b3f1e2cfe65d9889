package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Source of rows of the public API: the last choice of a fit, available on every Spark. A row and
 * its vector are objects, and the tasks' records need one more shuffle.
 *
 * <p>It refers to no internal class of Spark, except for groups: their keys are converted to
 * internal rows and merged as such.
 */
public final class PublicRows implements Source<Row> {
  private final Dataset<Row> selected;

  /**
   * Returns the rows of {@code selected}. Numbers and weights are doubles, vectors are structs, and
   * keys have the types of {@link batchnorm.spark.columns.InputColumn#asPublicKey}.
   */
  public PublicRows(Dataset<Row> selected) {
    this.selected = selected;
  }

  /** Calls {@code jobs}; every action of the public API is an execution itself. */
  @Override
  public <R> R execute(Function<Partitions<Row>, R> jobs) {
    return jobs.apply(new DatasetPartitions(selected));
  }

  @Override
  public Reading<Row, RowCollector> rows(RowLayout layout) {
    return rows -> {
      RowReader<Row> reader = new RowReader<>(new Fields(), layout);
      return PartitionReader.of(rows, reader::read);
    };
  }

  @Override
  public Reading<Row, GroupCollector> keyedRows(RowLayout layout, StructType keys) {
    return rows -> {
      RowReader<Row> reader = new RowReader<>(new Fields(), layout);
      PublicKeyReader key = new PublicKeyReader(keys, layout.width());
      return PartitionReader.of(
          rows,
          (row, collector) -> {
            GroupKey.start(key.key(row), collector);
            reader.read(row, collector);
          });
    };
  }

  /**
   * Fields of a row. A vector is read as the stored struct: as an object it would lose its nulls.
   */
  private static final class Fields implements RowFields<Row> {
    @Override
    public boolean isNull(Row row, int column) {
      return row.isNullAt(column);
    }

    @Override
    public double getDouble(Row row, int column) {
      return row.getDouble(column);
    }

    @Override
    public long getLong(Row row, int column) {
      return row.getLong(column);
    }

    @Override
    public double[] array(Row row, int column, ColumnKind kind) {
      return PublicVector.doubles(row.<Number>getList(column));
    }

    @Override
    public StoredVector vector(Row row, int column) {
      return new PublicVector(row.getStruct(column));
    }
  }
}
