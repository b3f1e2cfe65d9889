package batchnorm.spark.internal;

import batchnorm.spark.moments.GroupTotals;
import batchnorm.spark.moments.HandleInvalid;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Option;

/**
 * The exact moments of every group, on the executors: partitions are reduced to records of their
 * groups, the records shuffled by a hash of their keys, sorted by it and merged as they come.
 */
public final class GroupedMoments {
  private final SparkSession session;
  private final StructType keys;
  private final JavaRDD<InternalRow> records;

  private GroupedMoments(SparkSession session, StructType keys, JavaRDD<InternalRow> records) {
    this.session = session;
    this.keys = keys;
    this.records = records;
  }

  /**
   * Returns the moments of the groups of a dataset's rows. What a partition collects is bounded;
   * what it has sent is merged after the shuffle.
   *
   * @param selected the columns in the layout, then those of the keys; numbers and the weight as
   *     doubles
   * @param layout how the columns hold features and weight
   * @param maxBytes what a task may collect before it sends it
   */
  public static GroupedMoments ofRows(
      Dataset<Row> selected,
      RowLayout layout,
      StructType keys,
      HandleInvalid handleInvalid,
      long maxBytes) {
    JavaRDD<InternalRow> rows = ClassicSpark.query(selected).toRdd().toJavaRDD();
    return new GroupedMoments(
        selected.sparkSession(),
        keys,
        rows.mapPartitions(
            partition ->
                new GroupedRows(GroupedRows.of(partition, layout, keys), handleInvalid, maxBytes)));
  }

  /** The same of the rows of a scan, which must hold numbers. */
  public static GroupedMoments ofNumbers(
      ColumnarScan scan,
      SparkSession session,
      RowLayout layout,
      StructType keys,
      HandleInvalid handleInvalid,
      long maxBytes) {
    int[] ordinals = scan.ordinals();
    return new GroupedMoments(
        session,
        keys,
        scan.batches()
            .mapPartitions(
                batches ->
                    new GroupedRows(
                        new BatchedNumbers(batches, layout, ordinals, keys),
                        handleInvalid,
                        maxBytes)));
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
    GroupedMoments first = parts.get(0);
    JavaRDD<InternalRow> all =
        parts.stream().map(part -> part.records).reduce(JavaRDD::union).orElseThrow();
    Dataset<Row> sorted =
        ClassicSpark.dataset(first.session, all, GroupRecords.SCHEMA)
            .repartition(functions.col(GroupRecords.HASH))
            .sortWithinPartitions(GroupRecords.HASH);
    QueryExecution query = ClassicSpark.query(sorted);
    // All in one execution: Spark may delete what was shuffled when that ends.
    return SQLExecution.withNewExecutionId(
        query, Option.apply("BatchNorm fit"), () -> first.merged(query, depth));
  }

  private Merged merged(QueryExecution sorted, int depth) {
    JavaRDD<InternalRow> merged =
        atRest(
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
  private static JavaRDD<InternalRow> atRest(JavaRDD<InternalRow> records) {
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
    return SQLExecution.withNewExecutionId(
        lazy,
        Option.apply("BatchNorm fit"),
        () ->
            ClassicSpark.dataset(
                session,
                List.of(lazy.executedPlan().executeCollect()),
                ScalaSeq.list(lazy.analyzed().output())));
  }

  /** The columns of {@link #saved} for groups of these keys. */
  public static StructType savedSchema(StructType keys) {
    return SavedGroup.schema(keys);
  }

  /**
   * Returns the groups as a saved model holds them. They are written as they are: Spark 3.5 would
   * refuse dates before 1582, and a user's setting cut off the digits of times.
   */
  public Dataset<Row> saved(int features, int version) {
    StructType types = keys;
    SparkSession writing = ClassicSpark.copyOf(session);
    writing.conf().set("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED");
    writing.conf().set("spark.sql.parquet.int96RebaseModeInWrite", "CORRECTED");
    writing.conf().set("spark.sql.parquet.outputTimestampType", "INT96");
    return ClassicSpark.dataset(
        writing,
        groups().map(record -> SavedGroup.row(record, types, features, version)),
        SavedGroup.schema(keys));
  }

  /**
   * Returns the groups that {@link #saved} gave; they are read when they are asked for, and kept
   * where there is room.
   *
   * @param path of the model; for errors
   * @param saved exactly the columns of {@link #savedSchema}
   */
  public static GroupedMoments ofSaved(
      String path, Dataset<Row> saved, StructType keys, int features) {
    return new GroupedMoments(
        saved.sparkSession(),
        keys,
        ClassicSpark.query(saved)
            .toRdd()
            .toJavaRDD()
            .mapPartitions(rows -> records(rows, SavedGroup.reader(path, keys, features)))
            .persist(StorageLevel.MEMORY_AND_DISK()));
  }

  private static Iterator<InternalRow> records(
      Iterator<InternalRow> rows, SavedGroup.Reader reader) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public InternalRow next() {
        return reader.record(rows.next()).copy();
      }
    };
  }

  /** Lets go of what was kept. */
  public void unpersist() {
    records.unpersist(false);
  }

  private JavaRDD<InternalRow> groups() {
    return records.filter(GroupRecords::isGroup);
  }
}
