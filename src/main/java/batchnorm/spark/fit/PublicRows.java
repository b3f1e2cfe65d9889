package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of the public API: the last resort of a fit, which every Spark has. A row and its vector
 * are objects, and the records of tasks need one more shuffle.
 *
 * <p>It names no class of Spark's own plans and rows, but for the groups: their keys become Spark's
 * own rows here, and are merged as such.
 */
public final class PublicRows implements Source<Row> {
  private final Dataset<Row> selected;

  /**
   * Returns the rows of {@code selected}, whose numbers and weights are doubles, whose vectors are
   * structs and whose keys are those of {@link batchnorm.spark.columns.InputColumn#asPublicKey}.
   */
  public PublicRows(Dataset<Row> selected) {
    this.selected = selected;
  }

  /** The actions of the public API are executions by themselves. */
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

  /** A vector comes as the struct that Spark stores: as an object it would lose its nulls. */
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
