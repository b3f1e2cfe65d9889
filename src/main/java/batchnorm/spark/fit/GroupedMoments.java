package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.moments.Moments;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Exact moments of every group, on the executors. Partitions are reduced to records of their
 * groups. The records are shuffled and sorted by a hash of their keys, and merged as they arrive.
 */
public final class GroupedMoments {
  /** Maximum bytes of local records per task; a task receives its records with its code. */
  private static final long BYTES_A_TASK = 1 << 20;

  private final SparkSession session;
  private final StructType keys;
  private final JavaRDD<InternalRow> records;

  /** Bytes of the records, if the driver has them. */
  private final Optional<List<byte[]>> collected;

  /** Bytes of the rows of statistics, if the driver has them. */
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

  /** Returns the groups of {@code records}; these are read lazily. */
  public static GroupedMoments of(
      SparkSession session, StructType keys, JavaRDD<InternalRow> records) {
    return new GroupedMoments(session, keys, records, Optional.empty(), Optional.empty());
  }

  /**
   * Merged groups, with the totals over all of them.
   *
   * @param moments the persisted groups
   * @param totals the totals over all groups
   */
  public record Merged(GroupedMoments moments, GroupTotals totals) {}

  /**
   * Merges {@code parts}, whose keys have the same types, by one shuffle, and persists the result.
   *
   * @param depth the depth of the tree in which the moments of all rows are merged
   */
  public static Merged merge(List<GroupedMoments> parts, int depth) {
    // One execution for all jobs: Spark may delete shuffle files when it ends.
    return Execution.of(sorted(parts), records -> parts.get(0).merged(records, depth));
  }

  /**
   * Takes the rows of {@code part}, whose keys have the same types, out of {@code all}, as {@link
   * #merge} puts them together. Groups without rows are left out. Those that lack some of them are
   * counted in {@link GroupTotals#foreign}.
   */
  public static Merged difference(GroupedMoments all, GroupedMoments part, int depth) {
    return merge(List.of(all, of(part.session, part.keys, part.takenOut())), depth);
  }

  private JavaRDD<InternalRow> takenOut() {
    return records.map(InternalRecords::takenOut);
  }

  /** Returns the groups whose first key, a string, is one of these. */
  public GroupedMoments having(Set<String> firsts) {
    HashSet<String> taken = new HashSet<>(firsts);
    StructType types = keys;
    return of(session, keys, groups().filter(record -> taken.contains(first(record, types))));
  }

  /** Returns the values of the first key, a string, by a job. */
  public Set<String> firsts() {
    StructType types = keys;
    return Set.copyOf(groups().map(record -> first(record, types)).distinct().collect());
  }

  private static String first(InternalRow record, StructType keys) {
    return GroupKey.internal(InternalRecords.key(record), keys).getString(0);
  }

  /**
   * Returns the groups by the other keys than the first. Several may have one key, until they are
   * {@linkplain #merge merged}; without another key all have the same.
   */
  public GroupedMoments byOtherKeys() {
    StructType types = keys;
    StructField[] others = Arrays.copyOfRange(keys.fields(), 1, keys.size());
    StructType rest = new StructType(others);
    JavaRDD<InternalRow> records =
        groups()
            .mapPartitions(
                all -> {
                  UnsafeProjection projection = GroupKey.projection(rest, 1);
                  Iterable<InternalRow> some = () -> all;
                  return StreamSupport.stream(some.spliterator(), false)
                      .map(record -> byOtherKeys(record, types, projection))
                      .iterator();
                });
    return of(session, rest, records);
  }

  private static InternalRow byOtherKeys(
      InternalRow record, StructType types, UnsafeProjection projection) {
    UnsafeRow key = GroupKey.internal(InternalRecords.key(record), types);
    byte[] others = projection.apply(key).getBytes();
    long hash = GroupKeys.hash(others, 0, others.length);
    return InternalRecords.of(hash, others, InternalRecords.moments(record));
  }

  /** Merges groups within the current execution. */
  static Merged mergeHere(List<GroupedMoments> parts, int depth) {
    return parts.get(0).merged(ClassicSpark.query(sorted(parts)).toRdd().toJavaRDD(), depth);
  }

  /** Returns the records of all parts; those of a group are adjacent. */
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

  /** Returns the groups without the faults of their rows. */
  public GroupedMoments withoutFaults() {
    return of(session, keys, groups());
  }

  /**
   * Persists records when they are first computed, and cuts their lineage: data may change later,
   * the groups of a model must not. They are stored in the checkpoint directory if the user has set
   * one; otherwise by the executors, each record by two of them if there are several.
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

  /** Returns the totals of all groups by one job, with their statistics if these are small. */
  private static GroupTotals totals(JavaRDD<InternalRow> records, StructType keys, int depth) {
    // Partitions by hash are of about equal size.
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
      if (totals.statistics().isPresent() && !Moments.areTakenOut(moments)) {
        Moments group = Moments.empty();
        group.mergePacked(moments);
        double expected =
            totals.expectedStatisticsBytes(InternalRecords.number(record), group.size());
        // Null vectors do not give the number of features.
        if (group.size() == 0 || expected > maxStatisticsBytes) {
          totals.dropStatistics();
        } else {
          // A copy, since the projection reuses its row.
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
   * Returns the statistics on the driver. They are collected by a job unless the groups are {@link
   * #collected} or were merged with small statistics.
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
   * Returns the same groups, which executors persist in memory or on disk when they are first read.
   */
  public GroupedMoments kept() {
    records.persist(StorageLevel.MEMORY_AND_DISK());
    return this;
  }

  /**
   * Returns the same groups, collected to the driver by a job; executors keep no records. It is for
   * few groups.
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
