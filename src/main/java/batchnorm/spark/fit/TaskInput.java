package batchnorm.spark.fit;

import java.util.Iterator;
import java.util.function.Function;

/**
 * The batches or rows that a task reads. It tells failures of reading them, for which there is
 * another {@link Source}, from failures of the query that computes them, which are the user's to
 * know.
 *
 * <p>Vectors of a native engine or of a GPU throw {@code UnsupportedOperationException} or {@code
 * IllegalStateException} where a JVM reads them; a class or method that this Spark lacks is a
 * {@code LinkageError}.
 */
final class TaskInput<T> implements Iterator<T> {
  private final Iterator<T> rows;
  private Throwable thrown;

  TaskInput(Iterator<T> rows) {
    this.rows = rows;
  }

  /** Returns what {@code reader} reads of a partition, or the moments that say why it cannot. */
  static <T> DatasetMoments read(
      Iterator<T> partition, Function<Iterator<T>, DatasetMoments> reader) {
    TaskInput<T> input = new TaskInput<>(partition);
    try {
      return reader.apply(input);
    } catch (LinkageError | UnsupportedOperationException | IllegalStateException e) {
      if (input.threw(e)) {
        throw e;
      }
      return DatasetMoments.unreadable(SourceFailure.text(e));
    }
  }

  /** Returns whether {@code failure} is one of the query and not of reading what it gives. */
  boolean threw(Throwable failure) {
    return failure == thrown;
  }

  @Override
  public boolean hasNext() {
    try {
      return rows.hasNext();
    } catch (LinkageError | RuntimeException e) {
      thrown = e;
      throw e;
    }
  }

  @Override
  public T next() {
    try {
      return rows.next();
    } catch (LinkageError | RuntimeException e) {
      thrown = e;
      throw e;
    }
  }
}
