package batchnorm.spark.fit;

import batchnorm.spark.normalize.HandleInvalid;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a dataset in one of the forms that a fit reads them in.
 *
 * <ul>
 *   <li>{@link ColumnarScan}: column batches. It needs Spark's physical plans, and vectors that a
 *       JVM can read.
 *   <li>{@link InternalRows}: Spark's own rows. It needs {@code QueryExecution} and what Spark's
 *       rows are made of.
 *   <li>{@link PublicRows}: rows of the public API. It needs nothing else but for the keys of
 *       groups.
 * </ul>
 *
 * <p>A source that a Spark cannot serve throws a {@link LinkageError}, or gives moments that are
 * {@link DatasetMoments#unreadable()}; either is found before any number is used.
 */
public interface Source {

  /**
   * Returns the moments of all rows.
   *
   * @param layout how the selected columns hold the features
   * @param plan how the moments of partitions merge
   */
  DatasetMoments moments(RowLayout layout, HandleInvalid handleInvalid, Aggregation.Plan plan);

  /**
   * Returns the moments of the groups of the rows. What a partition collects is bounded; what it
   * has sent is merged after the shuffle.
   *
   * @param layout how the columns before those of the keys hold features and weight
   * @param maxBytes what a task may collect before it sends it
   */
  GroupedMoments groups(
      RowLayout layout, StructType keys, HandleInvalid handleInvalid, long maxBytes);
}
