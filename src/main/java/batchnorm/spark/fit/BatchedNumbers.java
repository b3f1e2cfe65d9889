package batchnorm.spark.fit;

import batchnorm.spark.moments.ExactLong;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Reader of rows of numbers with keys from column batches, a block of rows at a time. */
final class BatchedNumbers implements PartitionReader<GroupCollector> {
  private static final int ROWS = 1024;

  private final Iterator<ColumnarBatch> batches;
  private final RowLayout layout;
  private final int[] ordinals;
  private final UnsafeProjection keys;

  /**
   * Values of the current rows, starting at {@link #start}: feature after feature, then the
   * weights.
   */
  private final double[][] values;

  /** Rests of longs beyond 2^53 of the current rows, by feature; null until a feature has some. */
  private final long[][] rests;

  private final boolean[] anyRests;

  /** True if the current rows have weights or rests and are added one by one. */
  private boolean areOneByOne;

  private ColumnVector[] columns;
  private ColumnarBatch batch;
  private int rows;
  private int row;
  private int start;
  private int end;

  /**
   * Returns a reader of {@code batches}.
   *
   * @param ordinals the ordinals, in a batch, of the columns of the layout, then of the key columns
   */
  BatchedNumbers(
      Iterator<ColumnarBatch> batches, RowLayout layout, int[] ordinals, StructType keyTypes) {
    this.batches = batches;
    this.layout = layout;
    this.ordinals = ordinals;
    keys = GroupKey.projection(keyTypes, layout.width());
    values = new double[layout.columns() + 1][ROWS];
    rests = new long[layout.columns()][];
    anyRests = new boolean[layout.columns()];
    Arrays.fill(values[layout.columns()], 1);
  }

  @Override
  public boolean hasNext() {
    while (row == rows && batches.hasNext()) {
      open(batches.next());
    }
    return row < rows;
  }

  @Override
  public void readNext(GroupCollector collector) {
    if (row == end) {
      readColumns();
    }
    int features = layout.columns();
    int i = row - start;
    int added = areOneByOne ? 0 : addColumns(collector, i);
    if (added > 0) {
      row += added;
      return;
    }
    GroupKey.start(keys.apply(batch.getRow(row)), collector);
    if (collector.startDense(features, values[features][i])) {
      for (int j = 0; j < features; j++) {
        if (anyRests[j] && rests[j][i] != 0) {
          collector.set(j, ExactLong.of(values[j][i], rests[j][i]));
        } else {
          collector.set(j, values[j][i]);
        }
      }
      collector.endDense();
    }
    row++;
  }

  private int addColumns(GroupCollector collector, int from) {
    return collector.addColumns(
        values,
        layout.columns(),
        from,
        end - row,
        i -> GroupKey.start(keys.apply(batch.getRow(row + i)), collector));
  }

  private void open(ColumnarBatch next) {
    columns = NumberColumns.selected(next, ordinals);
    // A view of the selected columns, which must not be closed.
    batch = new ColumnarBatch(columns, next.numRows());
    rows = next.numRows();
    row = 0;
    end = 0;
  }

  private void readColumns() {
    start = row;
    end = Math.min(rows, start + ROWS);
    int features = layout.columns();
    areOneByOne = layout.weighted();
    for (int j = 0; j < features; j++) {
      if (rests[j] == null && columns[j].dataType() instanceof LongType) {
        rests[j] = new long[ROWS];
      }
      anyRests[j] = NumberColumns.read(columns[j], start, end - start, values[j], rests[j]);
      areOneByOne |= anyRests[j];
    }
    if (layout.weighted()) {
      NumberColumns.read(columns[features], start, end - start, values[features]);
    }
  }
}
