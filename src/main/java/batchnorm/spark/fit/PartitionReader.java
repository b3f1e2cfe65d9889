package batchnorm.spark.fit;

import java.util.Iterator;
import java.util.function.BiConsumer;

/**
 * Passes the rows of one partition to a collector, one row or batch at a time.
 *
 * @param <C> the class of the collector
 */
interface PartitionReader<C> {

  /** Returns whether there are more rows. */
  boolean hasNext();

  /** Passes the next row, or batch of rows, to {@code collector}. */
  void readNext(C collector);

  /** Returns a reader that passes on one element at a time. */
  static <T, C> PartitionReader<C> of(Iterator<T> elements, BiConsumer<T, C> element) {
    return new PartitionReader<>() {
      @Override
      public boolean hasNext() {
        return elements.hasNext();
      }

      @Override
      public void readNext(C collector) {
        element.accept(elements.next(), collector);
      }
    };
  }
}
