package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
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

  /** The partitions that are read, and how what their tasks send is brought together. */
  interface Partitions<T> {
    /** Merges the moments that tasks send, in a tree. */
    DatasetMoments inTree(MapPartitionsFunction<T, byte[]> task, int depth);

    /** Merges the moments that tasks send of each slice, and joins the slices. */
    DatasetMoments inSlices(MapPartitionsFunction<T, Tuple2<Integer, byte[]>> task, int slices);
  }

  /** Returns the moments of {@code partitions}. */
  static <T> DatasetMoments moments(Partitions<T> partitions, Reader<T> reader, Plan plan) {
    int slice = plan.slice();
    Bound bound = Bound.ofFeatures(slice);
    DatasetMoments moments =
        partitions.inTree(partition -> whole(partition, reader, bound), plan.depth);
    int features = moments.features();
    if (features <= slice || moments.areRefused()) {
      return moments;
    }
    int slices = (features - 1) / slice + 1;
    return partitions.inSlices(partition -> new Slices<>(partition, reader, slice, slices), slices);
  }

  /** An empty partition sends nothing. */
  private static <T> Iterator<byte[]> whole(Iterator<T> partition, Reader<T> reader, Bound bound) {
    if (!partition.hasNext()) {
      return List.<byte[]>of().iterator();
    }
    DatasetMoments read = TaskInput.read(partition, input -> reader.read(input, bound));
    return List.of(read.toBytes()).iterator();
  }

  /** The slices of one partition's moments, each with its number. */
  private static final class Slices<T> implements Iterator<Tuple2<Integer, byte[]>> {
    private final Iterator<T> partition;
    private final Reader<T> reader;
    private final int slice;
    private final int slices;
    private final Bound bound;
    private final Deque<Tuple2<Integer, DatasetMoments>> read = new ArrayDeque<>();
    private boolean ended;

    Slices(Iterator<T> partition, Reader<T> reader, int slice, int slices) {
      this.partition = partition;
      this.reader = reader;
      this.slice = slice;
      this.slices = slices;
      bound = Bound.ofTouched(SLICES_A_TASK * slice);
    }

    @Override
    public boolean hasNext() {
      if (read.isEmpty() && !ended && partition.hasNext()) {
        DatasetMoments moments = TaskInput.read(partition, input -> reader.read(input, bound));
        ended = moments.unreadable().isPresent();
        for (int k = 0; k < slices; k++) {
          int number = k;
          moments.slice(k * slice, slice).ifPresent(part -> read.add(new Tuple2<>(number, part)));
        }
      }
      return !read.isEmpty();
    }

    @Override
    public Tuple2<Integer, byte[]> next() {
      Tuple2<Integer, DatasetMoments> part = read.remove();
      return new Tuple2<>(part._1(), part._2().toBytes());
    }
  }
}
