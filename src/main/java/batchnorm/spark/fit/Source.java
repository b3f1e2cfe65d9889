package batchnorm.spark.fit;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.sql.types.StructType;

/**
 * Rows of a dataset, in one of the forms that a fit can read.
 *
 * <ul>
 *   <li>{@link ColumnarScan}: column batches. They need Spark's physical plans and vectors that a
 *       JVM can read.
 *   <li>{@link InternalRows}: internal rows. They need {@code QueryExecution} and Spark's internal
 *       form of rows.
 *   <li>{@link PublicRows}: rows of the public API. They need nothing else, except for the keys of
 *       groups.
 * </ul>
 *
 * <p>A source defines its partitions and the reading of a partition; {@link Reduction} does the
 * rest. A source that this Spark does not support throws a {@link LinkageError}, or returns moments
 * that are {@link DatasetMoments#unreadable()}. Both are detected before any result is used.
 *
 * @param <T> the elements of a partition: rows, or batches of them
 */
public interface Source<T> {

  /** Runs {@code jobs} on the partitions, as one execution of the query. */
  <R> R execute(Function<Partitions<T>, R> jobs);

  /**
   * Returns the expected number of features of vectors or arrays; 0 if the files do not contain it.
   * The actual number may differ.
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

  /** Returns readers of partitions for collectors of class {@code C}. */
  interface Reading<T, C> extends Serializable {
    PartitionReader<C> open(Iterator<T> partition);
  }
}
