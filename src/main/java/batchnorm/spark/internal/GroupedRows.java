package batchnorm.spark.internal;

import batchnorm.spark.moments.GroupCollector;
import batchnorm.spark.moments.HandleInvalid;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;

/** Reduces the rows of a partition to records of their groups, some of them at a time. */
final class GroupedRows implements Iterator<InternalRow> {
  private final Iterator<InternalRow> rows;
  private final RowLayout layout;
  private final RowReader reader;
  private final UnsafeProjection keys;
  private final GroupCollector collector;
  private final GroupRecords records = new GroupRecords();

  private boolean draining;
  private boolean faultsGiven;
  private InternalRow next;

  /**
   * Prepares to read {@code rows}, whose keys follow the features and the weight.
   *
   * @param maxBytes what may be collected before it is given
   */
  GroupedRows(
      Iterator<InternalRow> rows,
      RowLayout layout,
      StructType keys,
      HandleInvalid handleInvalid,
      long maxBytes) {
    this.rows = rows;
    this.layout = layout;
    reader = RowReader.of(layout);
    this.keys = GroupKey.projection(keys, layout.columns() + (layout.weighted() ? 1 : 0));
    collector = new GroupCollector(TaskContext.getPartitionId(), handleInvalid, maxBytes);
    faultsGiven = !rows.hasNext();
  }

  @Override
  public boolean hasNext() {
    while (next == null && (draining || rows.hasNext())) {
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
    while (rows.hasNext() && !collector.isFull()) {
      InternalRow row = rows.next();
      UnsafeRow key = keys.apply(row);
      collector.startRow((byte[]) key.getBaseObject(), GroupKey.start(key), key.getSizeInBytes());
      reader.read(row, layout.weighted() ? weight(row, layout.columns()) : 1, collector);
    }
  }

  private static double weight(InternalRow row, int ordinal) {
    return row.isNullAt(ordinal) ? Double.NaN : row.getDouble(ordinal);
  }
}
