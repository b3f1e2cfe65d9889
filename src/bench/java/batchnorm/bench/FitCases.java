package batchnorm.bench;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.col;

import batchnorm.spark.BatchNorm;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Fits: mean and variance of every feature. */
final class FitCases {
  /** Spark SQL takes a minute and more to compile what 1,000 columns make of it. */
  private static final int MOST_FOR_SQL = 100;

  private final BenchData data;
  private final DuckDb duckDb;

  FitCases(BenchData data, DuckDb duckDb) {
    this.data = data;
    this.duckDb = duckDb;
  }

  List<Case> all() {
    return List.of(
        new Case("fit-64", "fit, 64 double columns x 2M", () -> files(64, 2_000_000)),
        new Case("fit-16", "fit, 16 double columns x 2M", () -> files(16, 2_000_000)),
        new Case("fit-1000", "fit, 1,000 double columns x 100k", () -> files(1000, 100_000)),
        new Case("fit-vectors-64", "fit, vectors of 64 x 2M", () -> vectors(64, 2_000_000)),
        new Case("fit-vectors-1024", "fit, vectors of 1,024 x 100k", () -> vectors(1024, 100_000)),
        new Case("fit-floats-768", "fit, array<float> of 768 x 100k", this::floatArrays),
        new Case(
            "fit-nulls", "fit, 16 float + 16 int columns with nulls x 1M, keep", this::withNulls),
        new Case(
            "fit-sparse",
            "fit, sparse 1e6, 100 stored, x 20k, cached, 16 partitions",
            this::sparse),
        new Case("fit-groups", "fit, 8 double columns x 5M in 100,000 groups", this::groups),
        new Case("fit-csv", "fit, CSV of 16 double columns x 200k", this::csv),
        new Case("fit-cached", "fit, 64 double columns x 500k, cached", this::cached),
        new Case("fit-100-rows", "fit, 16 double columns x 100, in memory", this::latency),
        new Case(
            "fit-partitions",
            "fit, 16 double columns x 100k, cached, 1,000 partitions",
            this::partitions));
  }

  private List<Contender> files(int columns, int rows) {
    Table table = data.doubles(columns, rows);
    String[] names = BenchData.names(columns);
    Stream<Contender> contenders =
        Stream.of(
            Fits.ours(table.frame(), names),
            Fits.assembled(table.frame(), data.rows(rows), names),
            Fits.duckDb(duckDb, table, names),
            Fits.bare(table.frame(), names));
    return (columns <= MOST_FOR_SQL
            ? Stream.concat(contenders, Stream.of(Fits.sql(table.frame(), names)))
            : contenders)
        .toList();
  }

  private List<Contender> vectors(int size, int rows) {
    Dataset<Row> frame = data.vectors(size, rows).frame();
    return List.of(
        Fits.oursOfVectors(frame),
        Fits.standardScaler(frame, data.rows(rows)),
        Fits.bare(frame, "v"));
  }

  private List<Contender> floatArrays() {
    Dataset<Row> frame = data.floatArrays(768, 100_000).frame();
    return List.of(
        Fits.oursOfVectors(frame),
        Fits.standardScaler(frame.select(array_to_vector(col("v")).as("v")), data.rows(100_000)),
        Fits.bare(frame, "v"));
  }

  private List<Contender> withNulls() {
    Table table = data.floatsAndIntegers(32, 1_000_000);
    String[] names = BenchData.names(32);
    BatchNorm keeping = new BatchNorm().setInputCols(names).setHandleInvalid("keep");
    return List.of(
        Fits.ours(table.frame(), keeping),
        Fits.sql(table.frame(), names),
        Fits.duckDb(duckDb, table, names),
        Fits.bare(table.frame(), names));
  }

  private List<Contender> sparse() {
    Dataset<Row> frame = data.inMemory(data.sparse(1_000_000, 100, 20_000), 16);
    return List.of(Fits.oursOfVectors(frame), Fits.standardScaler(frame, data.rows(20_000)));
  }

  /** Spark SQL computes what users have it compute: once for nothing, once kept for a transform. */
  private List<Contender> groups() {
    Dataset<Row> frame = data.groups(100_000, 8, 5_000_000).frame();
    String[] names = BenchData.names(8);
    return List.of(
        Fits.oursOfGroups(frame, names),
        Fits.sqlOfGroups(frame, names),
        Fits.keptSqlOfGroups(frame, names));
  }

  private List<Contender> csv() {
    Table table = data.csv(16, 200_000);
    String[] names = BenchData.names(16);
    return List.of(
        Fits.ours(table.frame(), names),
        Fits.assembled(table.frame(), data.rows(200_000), names),
        Fits.sql(table.frame(), names),
        Fits.duckDb(duckDb, table, names));
  }

  private List<Contender> cached() {
    Dataset<Row> frame = data.inMemory(data.doubles(64, 500_000));
    String[] names = BenchData.names(64);
    return List.of(
        Fits.ours(frame, names),
        Fits.assembled(frame, data.rows(500_000), names),
        Fits.sql(frame, names),
        Fits.bare(frame, names));
  }

  private List<Contender> latency() {
    Dataset<Row> stored = data.doubles(16, 100).frame();
    Dataset<Row> frame =
        stored.sparkSession().createDataFrame(stored.collectAsList(), stored.schema());
    String[] names = BenchData.names(16);
    return List.of(
        Fits.ours(frame, names), Fits.assembled(frame, 100, names), Fits.sql(frame, names));
  }

  private List<Contender> partitions() {
    Dataset<Row> frame = data.inMemory(data.doubles(16, 100_000), 1000);
    String[] names = BenchData.names(16);
    return List.of(Fits.ours(frame, names), Fits.assembled(frame, data.rows(100_000), names));
  }
}
