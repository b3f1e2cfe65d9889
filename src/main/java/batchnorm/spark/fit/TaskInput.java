package batchnorm.spark.fit;

import java.util.Iterator;

/**
 * Partition that a task reads. It distinguishes two kinds of failures: if reading fails, another
 * {@link Source} is tried; if the query that computes the partition fails, the error is reported to
 * the user.
 *
 * <p>Vectors of a native engine or GPU throw {@code UnsupportedOperationException} or {@code
 * IllegalStateException} when a JVM reads them; a class or method missing in this Spark is a {@code
 * LinkageError}.
 */
final class TaskInput<T, C extends Collector> {
  private final Iterator<T> partition;
  private final Source.Reading<T, C> reading;
  private PartitionReader<C> reader;
  private Throwable thrown;
  private boolean failed;

  TaskInput(Iterator<T> partition, Source.Reading<T, C> reading) {
    this.partition = partition;
    this.reading = reading;
  }

  /** Returns whether there are more readable rows. */
  boolean hasNext() {
    return !failed && (reader == null ? partition.hasNext() : reader.hasNext());
  }

  /**
   * Reads into {@code collector} until it is full; the collector records if rows cannot be read.
   */
  void read(C collector) {
    try {
      if (reader == null) {
        reader = reading.open(new Elements());
      }
      while (reader.hasNext() && !collector.isFull()) {
        reader.readNext(collector);
      }
    } catch (LinkageError | UnsupportedOperationException | IllegalStateException e) {
      if (e == thrown) {
        throw e;
      }
      failed = true;
      collector.collected().addUnreadable(SourceFailure.text(e));
    }
  }

  /** Elements of the partition; it remembers the query's exception. */
  private final class Elements implements Iterator<T> {
    @Override
    public boolean hasNext() {
      try {
        return partition.hasNext();
      } catch (LinkageError | RuntimeException e) {
        thrown = e;
        throw e;
      }
    }

    @Override
    public T next() {
      try {
        return partition.next();
      } catch (LinkageError | RuntimeException e) {
        thrown = e;
        throw e;
      }
    }
  }
}
