package batchnorm.spark.fit;

import java.util.Iterator;

/**
 * The partition that a task reads. It separates failures to read it, after which another {@link
 * Source} is tried, from failures of the query that computes it, which are reported to the user.
 *
 * <p>Vectors of a native engine or of a GPU throw {@code UnsupportedOperationException} or {@code
 * IllegalStateException} where a JVM reads them; a class or method that this Spark lacks is a
 * {@code LinkageError}.
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

  /** Returns whether there are further rows that can be read. */
  boolean hasNext() {
    return !failed && (reader == null ? partition.hasNext() : reader.hasNext());
  }

  /** Reads into {@code collector} until it is full, and notes there if rows cannot be read. */
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

  /** The elements of the partition; what the query throws is remembered. */
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
