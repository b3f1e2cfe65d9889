package batchnorm.spark.fit;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Reduces the rows of a source to exact moments.
 *
 * <p>The moments of all rows are merged in a tree. If rows have more features than fit into one
 * slice, the tasks stop at the first such row and their results are discarded. A second job then
 * shuffles the moments by feature slice, so that no task holds the moments of all features. If the
 * metadata of files shows that rows are so wide, the first job is skipped. If the rows are already
 * known to be refused, the second job reads them for their faults alone, so that the error is that
 * of all rows.
 *
 * <p>Slices of features and groups of rows are records with a key, see {@link Records}. A task
 * flushes its records when it reaches its limit of memory. One shuffle groups the records by key,
 * and they are merged one by one as they arrive.
 *
 * @param <T> the elements of a partition
 */
public final class Reduction<T> {
  /** Memory of the open sums of a feature, for ordinary data. */
  private static final int BYTES_A_FEATURE = 256;

  /** Maximum number of slices of sums that a reading task holds before it flushes them. */
  private static final int SLICES_A_TASK = 16;

  private static final int MAX_PAGES = Integer.MAX_VALUE / Moments.PAGE / SLICES_A_TASK;

  /** Maximum number of slices. */
  private static final int MAX_SLICES = 1 << 15;

  private final Source<T> source;
  private final RowLayout layout;
  private final HandleInvalid handleInvalid;

  private Reduction(Source<T> source, RowLayout layout, HandleInvalid handleInvalid) {
    this.source = source;
    this.layout = layout;
    this.handleInvalid = handleInvalid;
  }

  /**
   * Returns the reduction of the rows of {@code source}.
   *
   * @param layout the layout of the features in the selected columns
   */
  static <T> Reduction<T> of(Source<T> source, RowLayout layout, HandleInvalid handleInvalid) {
    return new Reduction<>(source, layout, handleInvalid);
  }

  /**
   * Plan of merging the moments of partitions.
   *
   * @param depth the depth of the tree
   * @param maxSliceBytes the maximum memory of the sums of a slice, for ordinary data; at least a
   *     page
   */
  public record Plan(int depth, long maxSliceBytes) {
    /** The number of features of a slice. */
    int slice() {
      long pages = maxSliceBytes / BYTES_A_FEATURE / Moments.PAGE;
      return (int) Math.max(1, Math.min(pages, MAX_PAGES)) * Moments.PAGE;
    }
  }

  /** Returns the moments of all rows. */
  DatasetMoments moments(Plan plan) {
    return source.execute(partitions -> moments(partitions, plan));
  }

  private DatasetMoments moments(Partitions<T> partitions, Plan plan) {
    Source.Reading<T, RowCollector> reading = source.rows(layout);
    int slice = plan.slice();
    long features = layout.kind() == ColumnKind.NUMBER ? 0 : source.expectedFeatures();
    if (features <= slice || DriverMemory.isExceeded(features)) {
      DatasetMoments moments =
          partitions.inTree(whole(reading, handleInvalid, TaskLimit.ofFeatures(slice)), plan.depth);
      features = moments.features();
      if (features <= slice || moments.unreadable().isPresent()) {
        return moments;
      }
      if (moments.areRefused() || DriverMemory.isExceeded(features)) {
        return moments.merge(
            partitions.inTree(whole(reading, handleInvalid, TaskLimit.FAULTS), plan.depth));
      }
    }
    int slices = (int) Math.min(MAX_SLICES, (features - 1) / slice + 1);
    return Slices.joined(partitions.merged(slices(reading, handleInvalid, slice), slices));
  }

  /** Returns the task that computes the moments of a partition; an empty one has no result. */
  private static <T> MapPartitionsFunction<T, byte[]> whole(
      Source.Reading<T, RowCollector> reading, HandleInvalid handleInvalid, TaskLimit limit) {
    return partition -> {
      TaskInput<T, RowCollector> input = new TaskInput<>(partition, reading);
      if (!input.hasNext()) {
        return Collections.emptyIterator();
      }
      RowCollector collector = new RowCollector(TaskContext.getPartitionId(), handleInvalid, limit);
      input.read(collector);
      return List.of(collector.collected().toBytes()).iterator();
    };
  }

  /** Returns the task that computes the moments of a partition in slices of features. */
  static <T> MapPartitionsFunction<T, Row> slices(
      Source.Reading<T, RowCollector> reading, HandleInvalid handleInvalid, int slice) {
    return partition -> {
      RowCollector collector =
          new RowCollector(
              TaskContext.getPartitionId(), handleInvalid, TaskLimit.ofTouched(touched(slice)));
      return new PartitionRecords<>(
          new TaskInput<>(partition, reading), collector, new Slices(collector, slice));
    };
  }

  /**
   * Returns the number of features that a task may touch: a slice, or more if its memory allows.
   */
  private static int touched(int slice) {
    long most = (long) SLICES_A_TASK * slice * BYTES_A_FEATURE;
    return Math.max(slice, (int) (TaskMemory.atMost(most) / BYTES_A_FEATURE));
  }

  /**
   * Returns the moments of the groups of the rows, merged with those of earlier data.
   *
   * @param maxBytes the memory at which a task flushes, reduced to its share of the executor's
   *     memory
   * @param depth the depth of the tree in which the moments of all rows are merged
   */
  GroupedMoments.Merged groups(
      SparkSession session,
      StructType keys,
      long maxBytes,
      Optional<GroupedMoments> before,
      int depth) {
    MapPartitionsFunction<T, Row> task =
        groups(source.keyedRows(layout, keys), handleInvalid, maxBytes);
    return source.execute(
        partitions ->
            partitions.records(
                task,
                records ->
                    GroupedMoments.mergeHere(
                        Stream.concat(
                                Stream.of(GroupedMoments.of(session, keys, records)),
                                before.stream())
                            .toList(),
                        depth)));
  }

  /** Returns the task that computes the moments of a partition's groups. */
  private static <T> MapPartitionsFunction<T, Row> groups(
      Source.Reading<T, GroupCollector> reading, HandleInvalid handleInvalid, long maxBytes) {
    return partition -> {
      GroupCollector collector =
          new GroupCollector(
              TaskContext.getPartitionId(), handleInvalid, TaskMemory.atMost(maxBytes));
      return new PartitionRecords<>(
          new TaskInput<>(partition, reading), collector, collector::drain);
    };
  }
}
