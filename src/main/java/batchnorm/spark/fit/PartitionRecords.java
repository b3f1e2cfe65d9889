package batchnorm.spark.fit;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Row;

/**
 * Reduces a partition to {@link Records}. It reads rows until the collector is full, flushes the
 * collector and resumes reading; the last record holds the faults of the rows.
 */
final class PartitionRecords<C extends Collector> implements Iterator<Row> {
  private final TaskInput<?, C> rows;
  private final C collector;
  private final Supplier<Optional<Row>> drain;

  private boolean draining;
  private boolean faultsGiven;
  private Optional<Row> next = Optional.empty();

  /**
   * Returns the records of {@code rows}.
   *
   * @param drain returns and removes the next record of {@code collector}; empty if there are no
   *     more
   */
  PartitionRecords(TaskInput<?, C> rows, C collector, Supplier<Optional<Row>> drain) {
    this.rows = rows;
    this.collector = collector;
    this.drain = drain;
    faultsGiven = !rows.hasNext();
  }

  @Override
  public boolean hasNext() {
    while (next.isEmpty() && (draining || rows.hasNext())) {
      if (!draining) {
        rows.read(collector);
      }
      next = drain.get();
      draining = next.isPresent();
    }
    if (next.isEmpty() && !faultsGiven) {
      faultsGiven = true;
      next = Optional.of(Records.ofFaults(collector.collected()));
    }
    return next.isPresent();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row given = next.get();
    next = Optional.empty();
    return given;
  }
}
