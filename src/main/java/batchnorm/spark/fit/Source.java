package batchnorm.spark.fit;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a dataset in one of the forms that a fit reads them in.
 *
 * <ul>
 *   <li>{@link ColumnarScan}: column batches. It needs Spark's physical plans, and vectors that a
 *       JVM can read.
 *   <li>{@link InternalRows}: Spark's own rows. It needs {@code QueryExecution} and the internal
 *       form of Spark's rows.
 *   <li>{@link PublicRows}: rows of the public API. It needs nothing else but for the keys of
 *       groups.
 * </ul>
 *
 * <p>A source defines its partitions and how a task reads one; {@link Reduction} does the rest. A
 * source that a Spark cannot serve throws a {@link LinkageError}, or gives moments that are {@link
 * DatasetMoments#unreadable()}; either is found before any number is used.
 *
 * @param <T> the elements of a partition: rows, or batches of them
 */
public interface Source<T> {

  /** Runs {@code jobs} on the partitions, all of them as one execution of the query. */
  <R> R execute(Function<Partitions<T>, R> jobs);

  /**
   * Returns the expected number of features of vectors or arrays, if files contain it; else 0. Rows
   * may have another number.
   */
  default long expectedFeatures() {
    return 0;
  }

  /**
   * Returns the reading of rows.
   *
   * @param layout the layout of the features in the selected columns
   */
  Reading<T, RowCollector> rows(RowLayout layout);

  /**
   * Returns the reading of rows with the keys of their groups.
   *
   * @param layout the layout of features and weight in the columns before the keys
   */
  Reading<T, GroupCollector> keyedRows(RowLayout layout, StructType keys);

  /** Opens partitions to be read into collectors of class {@code C}. */
  interface Reading<T, C> extends Serializable {
    PartitionReader<C> open(Iterator<T> partition);
  }
}
