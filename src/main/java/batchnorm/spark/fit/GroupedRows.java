package batchnorm.spark.fit;

import batchnorm.spark.normalize.HandleInvalid;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;

/** Reduces the rows of a partition to records of their groups, some of them at a time. */
final class GroupedRows implements Iterator<InternalRow> {
  /** The rows of a partition, one after the other. */
  interface Source {
    boolean hasNext();

    /** Hands the next row to {@code collector}. */
    void read(GroupCollector collector);
  }

  private final TaskInput<?> input;
  private final Source rows;
  private final GroupCollector collector;
  private final GroupRecords records = new GroupRecords();

  private boolean ended;
  private boolean draining;
  private boolean faultsGiven;
  private InternalRow next;

  private GroupedRows(TaskInput<?> input, Source rows, HandleInvalid handleInvalid, long maxBytes) {
    this.input = input;
    this.rows = rows;
    collector =
        new GroupCollector(
            TaskContext.getPartitionId(), handleInvalid, TaskMemory.atMost(maxBytes));
    faultsGiven = !rows.hasNext();
  }

  /**
   * Returns what reduces the rows of a partition.
   *
   * @param reading makes rows of what the partition gives
   * @param maxBytes what may be collected before it is given; less where a task's share of the
   *     executor's memory is less
   */
  static <T> Iterator<InternalRow> of(
      Iterator<T> partition,
      Function<Iterator<T>, Source> reading,
      HandleInvalid handleInvalid,
      long maxBytes) {
    TaskInput<T> input = new TaskInput<>(partition);
    return new GroupedRows(input, reading.apply(input), handleInvalid, maxBytes);
  }

  /** Where keys start in a row of {@code layout}, which they follow. */
  static int firstKey(RowLayout layout) {
    return layout.columns() + (layout.weighted() ? 1 : 0);
  }

  /** Starts a row of the group that {@code key} is the key of. */
  static void start(UnsafeRow key, GroupCollector collector) {
    collector.startRow((byte[]) key.getBaseObject(), GroupKey.start(key), key.getSizeInBytes());
  }

  /** Rows as a query gives them. */
  static Source rows(Iterator<InternalRow> rows, RowLayout layout, StructType keyTypes) {
    RowReader reader = RowReader.of(layout);
    UnsafeProjection keys = GroupKey.projection(keyTypes, firstKey(layout));
    return new Source() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public void read(GroupCollector collector) {
        InternalRow row = rows.next();
        start(keys.apply(row), collector);
        reader.read(row, layout.weighted() ? weight(row, layout.columns()) : 1, collector);
      }
    };
  }

  @Override
  public boolean hasNext() {
    while (next == null && (draining || !ended && rows.hasNext())) {
      if (!draining) {
        collect();
        draining = true;
      }
      draining = collector.drain((hash, key, moments) -> next = records.group(hash, key, moments));
    }
    if (next == null && !faultsGiven) {
      faultsGiven = true;
      next = records.faults(collector.faults());
    }
    return next != null;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    InternalRow given = next;
    next = null;
    return given;
  }

  private void collect() {
    try {
      while (rows.hasNext() && !collector.isFull()) {
        rows.read(collector);
      }
    } catch (LinkageError | UnsupportedOperationException | IllegalStateException e) {
      if (input.threw(e)) {
        throw e;
      }
      collector.faults().addUnreadable(SourceFailure.text(e));
      ended = true;
    }
  }

  private static double weight(InternalRow row, int ordinal) {
    return row.isNullAt(ordinal) ? Double.NaN : row.getDouble(ordinal);
  }
}
