package batchnorm.spark.fit;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ScalaSeq;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The exact moments of every group, on the executors: partitions are reduced to records of their
 * groups, the records shuffled by a hash of their keys, sorted by it and merged as they come.
 */
public final class GroupedMoments {
  private final SparkSession session;
  private final StructType keys;
  private final Supplier<JavaRDD<InternalRow>> records;

  /** The query that is read; null where what is read is at rest. */
  private final QueryExecution query;

  private GroupedMoments(
      SparkSession session,
      QueryExecution query,
      StructType keys,
      Supplier<JavaRDD<InternalRow>> records) {
    this.session = session;
    this.query = query;
    this.keys = keys;
    this.records = records;
  }

  private GroupedMoments(SparkSession session, StructType keys, JavaRDD<InternalRow> records) {
    this(session, null, keys, () -> records);
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
    return new GroupedMoments(session, query, keys, records);
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

  /** The same, collected here by a job. */
  public Dataset<Row> localStatistics(int features) {
    QueryExecution lazy = ClassicSpark.query(statistics(features));
    return Execution.of(
        lazy,
        () ->
            ClassicSpark.dataset(
                session,
                List.of(lazy.executedPlan().executeCollect()),
                ScalaSeq.list(lazy.analyzed().output())));
  }

  /**
   * Returns the records of groups that are read when they are asked for, and kept where there is
   * room.
   */
  public static GroupedMoments atRest(
      SparkSession session, StructType keys, JavaRDD<InternalRow> records) {
    return new GroupedMoments(session, keys, records.persist(StorageLevel.MEMORY_AND_DISK()));
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
