package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.moments.Moments;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The exact moments of every group, on the executors: partitions are reduced to records of their
 * groups, the records shuffled by a hash of their keys, sorted by it and merged as they come.
 */
public final class GroupedMoments {
  /** A task is sent its records. */
  private static final long BYTES_A_TASK = 1 << 20;

  private final SparkSession session;
  private final StructType keys;
  private final JavaRDD<InternalRow> records;

  /** The bytes of the records, if the driver has them. */
  private final Optional<List<byte[]>> collected;

  /** The bytes of the rows of statistics, if the driver has them. */
  private final Optional<List<byte[]>> statistics;

  private GroupedMoments(
      SparkSession session,
      StructType keys,
      JavaRDD<InternalRow> records,
      Optional<List<byte[]>> collected,
      Optional<List<byte[]>> statistics) {
    this.session = session;
    this.keys = keys;
    this.records = records;
    this.collected = collected;
    this.statistics = statistics;
  }

  /** Returns the groups of {@code records}, which are read when they are asked for. */
  public static GroupedMoments of(
      SparkSession session, StructType keys, JavaRDD<InternalRow> records) {
    return new GroupedMoments(session, keys, records, Optional.empty(), Optional.empty());
  }

  /**
   * Merged groups, with the totals over all of them.
   *
   * @param moments the groups, at rest
   * @param totals the totals over all groups
   */
  public record Merged(GroupedMoments moments, GroupTotals totals) {}

  /**
   * Merges the groups of several, whose keys are of the same types, by one shuffle, and keeps the
   * result.
   *
   * @param depth the depth of the tree in which the moments of all rows are merged
   */
  public static Merged merge(List<GroupedMoments> parts, int depth) {
    // All in one execution: Spark may delete what was shuffled when that ends.
    return Execution.of(sorted(parts), records -> parts.get(0).merged(records, depth));
  }

  /** The same as a part of the execution that runs. */
  static Merged mergeHere(List<GroupedMoments> parts, int depth) {
    return parts.get(0).merged(ClassicSpark.query(sorted(parts)).toRdd().toJavaRDD(), depth);
  }

  /** The records of all parts, those of a group together. */
  private static Dataset<Row> sorted(List<GroupedMoments> parts) {
    JavaRDD<InternalRow> all =
        parts.stream().map(part -> part.records).reduce(JavaRDD::union).orElseThrow();
    return Records.sorted(ClassicSpark.dataset(parts.get(0).session, all, Records.SCHEMA));
  }

  private Merged merged(JavaRDD<InternalRow> sorted, int depth) {
    JavaRDD<InternalRow> merged = kept(InternalRecords.merged(sorted));
    boolean done = false;
    try {
      GroupTotals totals = totals(merged, keys, depth);
      done = true;
      Optional<List<byte[]>> statistics = totals.statistics();
      totals.dropStatistics();
      return new Merged(
          new GroupedMoments(session, keys, merged, Optional.empty(), statistics), totals);
    } finally {
      if (!done) {
        merged.unpersist(false);
      }
    }
  }

  /** The groups alone, without the faults of their rows. */
  public GroupedMoments withoutFaults() {
    return of(session, keys, groups());
  }

  /**
   * Persists records when they are first computed, and cuts their lineage: data may change later,
   * and the groups of a model must not. They are kept by the executors, each by two where there are
   * several, or where the user has set a checkpoint directory, there.
   */
  private static JavaRDD<InternalRow> kept(JavaRDD<InternalRow> records) {
    boolean alone = records.context().isLocal();
    records.persist(alone ? StorageLevel.MEMORY_AND_DISK() : StorageLevel.MEMORY_AND_DISK_2());
    if (records.context().getCheckpointDir().isDefined()) {
      records.checkpoint();
    } else {
      records.rdd().localCheckpoint();
    }
    return records;
  }

  /** Returns the totals of all groups, with their statistics if those are few: all of one job. */
  private static GroupTotals totals(JavaRDD<InternalRow> records, StructType keys, int depth) {
    // Groups are in partitions by their hash, which are about alike.
    long maxBytes = 2 * GroupStatistics.FEW_BYTES / records.getNumPartitions();
    GroupTotals totals = GroupTotals.empty();
    RddPartitions.inTree(
        records.mapPartitions(
            partition -> List.of(totals(partition, keys, maxBytes).toBytes()).iterator()),
        GroupTotals::merged,
        depth,
        bytes -> totals.merge(GroupTotals.of(bytes)));
    long bytes =
        GroupStatistics.bytes(totals.groups(), totals.keyBytes(), totals.rows().moments().size());
    if (bytes > GroupStatistics.FEW_BYTES) {
      totals.dropStatistics();
    }
    return totals;
  }

  private static GroupTotals totals(
      Iterator<InternalRow> records, StructType keys, long maxStatisticsBytes) {
    UnsafeProjection projection = UnsafeProjection.create(GroupStatistics.schema(keys));
    GroupTotals totals = GroupTotals.empty();
    while (records.hasNext()) {
      InternalRow record = records.next();
      if (!InternalRecords.areMoments(record)) {
        totals.addFaults(InternalRecords.moments(record));
        continue;
      }
      byte[] key = InternalRecords.key(record);
      byte[] moments = InternalRecords.moments(record);
      totals.add(key, moments);
      if (totals.statistics().isPresent()) {
        Moments group = Moments.empty();
        group.mergePacked(moments);
        double expected =
            totals.expectedStatisticsBytes(InternalRecords.number(record), group.size());
        // Rows without a vector do not tell how many features there are.
        if (group.size() == 0 || expected > maxStatisticsBytes) {
          totals.dropStatistics();
        } else {
          // A copy, since the projection overwrites its row.
          UnsafeRow row = projection.apply(GroupStatistics.row(key, keys, group)).copy();
          totals.addStatistics(row.getBytes());
        }
      }
    }
    return totals;
  }

  /** Returns the statistics of every group of rows of {@code features} features. */
  public Dataset<Row> statistics(int features) {
    StructType types = keys;
    return ClassicSpark.dataset(
        session,
        groups().map(record -> GroupStatistics.row(record, types, features)),
        GroupStatistics.schema(keys));
  }

  /**
   * The same on the driver, collected by a job unless the groups are {@link #collected} or were
   * merged with few statistics.
   */
  public Dataset<Row> localStatistics(int features) {
    QueryExecution lazy = ClassicSpark.query(statistics(features));
    List<InternalRow> rows =
        statistics
            .map(GroupedMoments::rows)
            .or(() -> collected.map(few -> statistics(few, features)))
            .orElseGet(
                () -> Execution.of(lazy, () -> List.of(lazy.executedPlan().executeCollect())));
    return ClassicSpark.dataset(session, rows, ScalaSeq.list(lazy.analyzed().output()));
  }

  private List<InternalRow> statistics(List<byte[]> few, int features) {
    UnsafeProjection projection = UnsafeProjection.create(GroupStatistics.schema(keys));
    return few.parallelStream()
        .map(bytes -> GroupStatistics.row(InternalRecords.of(bytes), keys, features))
        .toList()
        .stream()
        .map(row -> (InternalRow) projection.apply(row).copy())
        .toList();
  }

  private static List<InternalRow> rows(List<byte[]> statistics) {
    int columns = GroupStatistics.schema(new StructType()).size();
    return statistics.stream()
        .map(
            bytes -> {
              UnsafeRow row = new UnsafeRow(columns);
              row.pointTo(bytes, bytes.length);
              return (InternalRow) row;
            })
        .toList();
  }

  /**
   * Returns the same groups, persisted on the executors, in memory or on disk, once they are read.
   */
  public GroupedMoments kept() {
    records.persist(StorageLevel.MEMORY_AND_DISK());
    return this;
  }

  /**
   * Returns the same groups, few, on the driver: they are read by a job, and executors keep nothing
   * of them.
   */
  public GroupedMoments collected() {
    QueryExecution lazy =
        ClassicSpark.query(ClassicSpark.dataset(session, groups(), Records.SCHEMA));
    List<byte[]> few =
        Execution.of(
            lazy,
            () ->
                Stream.of(lazy.executedPlan().executeCollect())
                    .map(record -> ((UnsafeRow) record).getBytes())
                    .toList());
    int tasks = (int) (few.stream().mapToLong(bytes -> bytes.length).sum() / BYTES_A_TASK) + 1;
    JavaRDD<InternalRow> sent =
        JavaSparkContext.fromSparkContext(session.sparkContext())
            .parallelize(few, tasks)
            .map((byte[] bytes) -> InternalRecords.of(bytes));
    return new GroupedMoments(session, keys, sent, Optional.of(few), Optional.empty());
  }

  /** Releases the persisted records. */
  public void unpersist() {
    records.unpersist(false);
  }

  /** The session that the groups belong to. */
  public SparkSession session() {
    return session;
  }

  /** The columns of the keys. */
  public StructType keys() {
    return keys;
  }

  /** The record of every group. */
  public JavaRDD<InternalRow> groups() {
    return KeptRecords.of(records).filter(InternalRecords::areMoments);
  }
}
