package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ScalaSeq;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
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
import org.apache.spark.sql.functions;
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
  private final Supplier<JavaRDD<InternalRow>> records;

  /** The query that is read; null where what is read is at rest. */
  private final QueryExecution query;

  /** The bytes of the records, if the driver has them. */
  private final Optional<List<byte[]>> collected;

  private GroupedMoments(
      SparkSession session,
      QueryExecution query,
      StructType keys,
      Supplier<JavaRDD<InternalRow>> records,
      Optional<List<byte[]>> collected) {
    this.session = session;
    this.query = query;
    this.keys = keys;
    this.records = records;
    this.collected = collected;
  }

  private GroupedMoments(SparkSession session, StructType keys, JavaRDD<InternalRow> records) {
    this(session, null, keys, () -> records, Optional.empty());
  }

  /**
   * Returns the moments of the groups of what {@code query} gives.
   *
   * @param records asked for while the query is executed, which may run jobs
   */
  static GroupedMoments of(
      SparkSession session,
      QueryExecution query,
      StructType keys,
      Supplier<JavaRDD<InternalRow>> records) {
    return new GroupedMoments(session, query, keys, records, Optional.empty());
  }

  /** Returns the moments of the groups of {@code records}, each of which is a record's bytes. */
  static GroupedMoments ofBytes(Dataset<byte[]> records, StructType keys) {
    QueryExecution query = ClassicSpark.query(records);
    return of(
        records.sparkSession(),
        query,
        keys,
        () -> query.toRdd().toJavaRDD().map(row -> GroupRecords.of(row.getBinary(0))));
  }

  /**
   * Groups that were merged, and what is known of all of them together.
   *
   * @param moments the groups, at rest
   * @param totals what is known of all
   */
  public record Merged(GroupedMoments moments, GroupTotals totals) {}

  /**
   * Merges the groups of several, whose keys are of the same types, by one shuffle, and keeps the
   * result.
   *
   * @param depth of the tree in which the moments of all rows are merged
   */
  public static Merged merge(List<GroupedMoments> parts, int depth) {
    Optional<QueryExecution> read =
        parts.stream().map(part -> part.query).filter(Objects::nonNull).findFirst();
    if (read.isPresent()) {
      return Execution.of(read.get(), () -> parts.get(0).merged(sorted(parts), depth));
    }
    QueryExecution sorted = sorted(parts);
    // All in one execution: Spark may delete what was shuffled when that ends.
    return Execution.of(sorted, () -> parts.get(0).merged(sorted, depth));
  }

  /** The records of all parts, those of a group together. */
  private static QueryExecution sorted(List<GroupedMoments> parts) {
    JavaRDD<InternalRow> all =
        parts.stream().map(part -> part.records.get()).reduce(JavaRDD::union).orElseThrow();
    return ClassicSpark.query(
        ClassicSpark.dataset(parts.get(0).session, all, GroupRecords.SCHEMA)
            .repartition(functions.col(GroupRecords.HASH))
            .sortWithinPartitions(GroupRecords.HASH));
  }

  private Merged merged(QueryExecution sorted, int depth) {
    JavaRDD<InternalRow> merged =
        kept(
            sorted
                .toRdd()
                .toJavaRDD()
                .mapPartitions(partition -> (Iterator<InternalRow>) new MergedGroups(partition)));
    boolean done = false;
    try {
      GroupTotals totals = totals(merged, depth);
      done = true;
      return new Merged(new GroupedMoments(session, keys, merged), totals);
    } finally {
      if (!done) {
        merged.unpersist(false);
      }
    }
  }

  /** The groups alone, without what was wrong with the rows that they were fitted on. */
  public GroupedMoments withoutFaults() {
    return new GroupedMoments(session, keys, groups());
  }

  /**
   * Keeps records when they are first computed, and forgets what from: data may change later, and
   * the groups of a model must not. They are kept by the executors, each by two where there are
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

  private static GroupTotals totals(JavaRDD<InternalRow> records, int depth) {
    byte[] totals =
        records
            .mapPartitions(partition -> List.of(totals(partition)).iterator())
            .treeAggregate(new byte[0], GroupedMoments::merge, GroupedMoments::merge, depth);
    return totals.length == 0 ? GroupTotals.empty() : GroupTotals.of(totals);
  }

  private static byte[] totals(Iterator<InternalRow> records) {
    GroupTotals totals = GroupTotals.empty();
    records.forEachRemaining(
        record -> {
          if (GroupRecords.isGroup(record)) {
            totals.add(GroupRecords.key(record), GroupRecords.moments(record));
          } else {
            totals.addFaults(GroupRecords.faults(record));
          }
        });
    return totals.toBytes();
  }

  private static byte[] merge(byte[] left, byte[] right) {
    return left.length == 0 || right.length == 0
        ? (left.length == 0 ? right : left)
        : GroupTotals.of(left).merge(GroupTotals.of(right)).toBytes();
  }

  /** Returns the statistics of every group of rows of {@code features} features. */
  public Dataset<Row> statistics(int features) {
    StructType types = keys;
    return ClassicSpark.dataset(
        session,
        groups().map(record -> GroupStatistics.row(record, types, features)),
        GroupStatistics.schema(keys));
  }

  /** The same on the driver, collected by a job if the groups are not {@link #collected}. */
  public Dataset<Row> localStatistics(int features) {
    QueryExecution lazy = ClassicSpark.query(statistics(features));
    List<InternalRow> rows =
        collected
            .map(few -> statistics(few, features))
            .orElseGet(
                () -> Execution.of(lazy, () -> List.of(lazy.executedPlan().executeCollect())));
    return ClassicSpark.dataset(session, rows, ScalaSeq.list(lazy.analyzed().output()));
  }

  private List<InternalRow> statistics(List<byte[]> few, int features) {
    UnsafeProjection projection = UnsafeProjection.create(GroupStatistics.schema(keys));
    return few.parallelStream()
        .map(bytes -> GroupStatistics.row(GroupRecords.of(bytes), keys, features))
        .toList()
        .stream()
        .map(row -> (InternalRow) projection.apply(row).copy())
        .toList();
  }

  /** Returns the records of groups that are read when they are asked for. */
  public static GroupedMoments atRest(
      SparkSession session, StructType keys, JavaRDD<InternalRow> records) {
    return new GroupedMoments(session, keys, records);
  }

  /** Returns the same groups, kept by executors where there is room, once they are read. */
  public GroupedMoments kept() {
    records.get().persist(StorageLevel.MEMORY_AND_DISK());
    return this;
  }

  /**
   * Returns the same groups, few, on the driver: they are read by a job, and executors keep nothing
   * of them.
   */
  public GroupedMoments collected() {
    QueryExecution lazy =
        ClassicSpark.query(ClassicSpark.dataset(session, groups(), GroupRecords.SCHEMA));
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
            .map(GroupRecords::of);
    return new GroupedMoments(session, null, keys, () -> sent, Optional.of(few));
  }

  /** Lets go of what was kept. */
  public void unpersist() {
    records.get().unpersist(false);
  }

  /** The session that the groups belong to. */
  public SparkSession session() {
    return session;
  }

  /** The columns that make the groups. */
  public StructType keys() {
    return keys;
  }

  /** The record of every group. */
  public JavaRDD<InternalRow> groups() {
    return KeptRecords.of(records.get()).filter(GroupRecords::isGroup);
  }
}
