package batchnorm.spark.internal;

import batchnorm.spark.moments.Bound;
import batchnorm.spark.moments.DatasetMoments;
import batchnorm.spark.moments.Moments;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import scala.Option;
import scala.Tuple2;

/**
 * Reduces partitions to moments and merges those.
 *
 * <p>They are merged in a tree. Rows of more features than a slice may have are given up by the
 * tasks that meet them, at the first of them; then the moments are cut into slices by feature, and
 * each slice is merged by a task of its own, a value after the other as they arrive, so that no
 * task ever holds the moments of all features. A task that has touched many features sends what it
 * has and begins anew.
 */
public final class Aggregation {
  /** What the sums of a feature that values are added to take, of ordinary data. */
  private static final int BYTES_A_FEATURE = 256;

  /** A task that reads rows sends its sums when they have grown to so many slices. */
  private static final int SLICES_A_TASK = 16;

  private static final int MAX_PAGES = Integer.MAX_VALUE / Moments.PAGE / SLICES_A_TASK;

  /**
   * How moments are to be merged.
   *
   * @param depth the depth of the tree
   * @param maxSliceBytes what the sums of a slice may take, for ordinary data; not less than a page
   */
  public record Plan(int depth, long maxSliceBytes) {
    /** The number of features of a slice. */
    int slice() {
      long pages = maxSliceBytes / BYTES_A_FEATURE / Moments.PAGE;
      return (int) Math.max(1, Math.min(pages, MAX_PAGES)) * Moments.PAGE;
    }
  }

  private Aggregation() {}

  /** Reduces what one partition holds, to its end or until what was read exceeds the bound. */
  interface Reader<T> extends Serializable {
    DatasetMoments read(Iterator<T> partition, Bound bound);
  }

  /** Returns the moments of {@code partitions}, which {@code query} gives. */
  static <T> DatasetMoments moments(
      QueryExecution query, JavaRDD<T> partitions, Reader<T> reader, Plan plan) {
    return SQLExecution.withNewExecutionId(
        query,
        Option.apply("BatchNorm fit"),
        () -> {
          int slice = plan.slice();
          DatasetMoments moments = inTree(partitions, reader, slice, plan.depth);
          boolean done = moments.features() <= slice || moments.areRefused();
          return done ? moments : inSlices(partitions, reader, slice, moments.features());
        });
  }

  private static <T> DatasetMoments inTree(
      JavaRDD<T> partitions, Reader<T> reader, int features, int depth) {
    Bound bound = Bound.ofFeatures(features);
    return partitions
        .mapPartitions(partition -> whole(partition, reader, bound))
        .treeAggregate(new SentMoments(), SentMoments::merge, SentMoments::merge, depth)
        .moments();
  }

  /** An empty partition sends nothing. */
  private static <T> Iterator<SentMoments> whole(
      Iterator<T> partition, Reader<T> reader, Bound bound) {
    if (!partition.hasNext()) {
      return List.<SentMoments>of().iterator();
    }
    return List.of(new SentMoments(reader.read(partition, bound))).iterator();
  }

  private static <T> DatasetMoments inSlices(
      JavaRDD<T> partitions, Reader<T> reader, int slice, int features) {
    int slices = (features - 1) / slice + 1;
    return partitions
        .mapPartitionsToPair(partition -> new Slices<>(partition, reader, slice, slices))
        .partitionBy(new HashPartitioner(slices))
        .values()
        .mapPartitions(Aggregation::merged)
        .collect()
        .stream()
        .map(SentMoments::moments)
        .reduce(DatasetMoments::join)
        .orElseGet(DatasetMoments::empty);
  }

  private static Iterator<SentMoments> merged(Iterator<SentMoments> sent) {
    if (!sent.hasNext()) {
      return sent;
    }
    SentMoments merged = sent.next();
    while (sent.hasNext()) {
      merged = merged.merge(sent.next());
    }
    return List.of(merged).iterator();
  }

  /** The slices of one partition's moments, each with its number. */
  private static final class Slices<T> implements Iterator<Tuple2<Integer, SentMoments>> {
    private final Iterator<T> partition;
    private final Reader<T> reader;
    private final int slice;
    private final int slices;
    private final Bound bound;
    private final Deque<Tuple2<Integer, SentMoments>> read = new ArrayDeque<>();

    Slices(Iterator<T> partition, Reader<T> reader, int slice, int slices) {
      this.partition = partition;
      this.reader = reader;
      this.slice = slice;
      this.slices = slices;
      bound = Bound.ofTouched(SLICES_A_TASK * slice);
    }

    @Override
    public boolean hasNext() {
      if (read.isEmpty() && partition.hasNext()) {
        DatasetMoments moments = reader.read(partition, bound);
        for (int k = 0; k < slices; k++) {
          int number = k;
          moments
              .slice(k * slice, slice)
              .ifPresent(part -> read.add(new Tuple2<>(number, SentMoments.once(part))));
        }
      }
      return !read.isEmpty();
    }

    @Override
    public Tuple2<Integer, SentMoments> next() {
      return read.remove();
    }
  }
}
