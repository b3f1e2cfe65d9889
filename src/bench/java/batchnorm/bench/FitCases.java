package batchnorm.bench;

import static batchnorm.bench.Contender.BARE;
import static batchnorm.bench.Contender.DUCKDB;
import static batchnorm.bench.Contender.OURS;
import static batchnorm.bench.Contender.SQL;
import static batchnorm.bench.Contender.STANDARD_SCALER;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.var_pop;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.internal.BareScan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
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
    List<Contender> contenders =
        new ArrayList<>(
            List.of(
                new Contender(OURS, () -> ours(table.frame(), names)),
                new Contender(STANDARD_SCALER, () -> assembled(table.frame(), names)),
                new Contender(DUCKDB, () -> duckDb.moments(table.duckDb(), names)),
                new Contender(BARE, () -> BareScan.of(columns(table.frame(), names)))));
    if (columns <= MOST_FOR_SQL) {
      contenders.add(new Contender(SQL, () -> sql(table.frame(), names)));
    }
    return contenders;
  }

  private List<Contender> vectors(int size, int rows) {
    Dataset<Row> frame = data.vectors(size, rows).frame();
    return List.of(
        new Contender(OURS, () -> oursOfVectors(frame)),
        new Contender(STANDARD_SCALER, () -> scaler().fit(frame)),
        new Contender(BARE, () -> BareScan.of(frame.select("v"))));
  }

  private List<Contender> floatArrays() {
    Dataset<Row> frame = data.floatArrays(768, 100_000).frame();
    return List.of(
        new Contender(OURS, () -> oursOfVectors(frame)),
        new Contender(BARE, () -> BareScan.of(frame.select("v"))));
  }

  private List<Contender> withNulls() {
    Table table = data.floatsAndIntegers(32, 1_000_000);
    String[] names = BenchData.names(32);
    return List.of(
        new Contender(
            OURS,
            () -> new BatchNorm().setInputCols(names).setHandleInvalid("keep").fit(table.frame())),
        new Contender(SQL, () -> sql(table.frame(), names)),
        new Contender(DUCKDB, () -> duckDb.moments(table.duckDb(), names)),
        new Contender(BARE, () -> BareScan.of(columns(table.frame(), names))));
  }

  private List<Contender> sparse() {
    Dataset<Row> frame = inMemory(data.sparse(1_000_000, 100, 20_000).frame().repartition(16));
    return List.of(
        new Contender(OURS, () -> oursOfVectors(frame)),
        new Contender(STANDARD_SCALER, () -> scaler().fit(frame)));
  }

  private List<Contender> csv() {
    Table table = data.csv(16, 200_000);
    String[] names = BenchData.names(16);
    return List.of(
        new Contender(OURS, () -> ours(table.frame(), names)),
        new Contender(STANDARD_SCALER, () -> assembled(table.frame(), names)),
        new Contender(SQL, () -> sql(table.frame(), names)),
        new Contender(DUCKDB, () -> duckDb.moments(table.duckDb(), names)));
  }

  private List<Contender> cached() {
    Dataset<Row> frame = inMemory(data.doubles(64, 500_000).frame());
    return Stream.concat(
            inSpark(frame, BenchData.names(64)).stream(),
            Stream.of(new Contender(BARE, () -> BareScan.of(columns(frame, BenchData.names(64))))))
        .toList();
  }

  private List<Contender> latency() {
    Dataset<Row> stored = data.doubles(16, 100).frame();
    return inSpark(
        stored.sparkSession().createDataFrame(stored.collectAsList(), stored.schema()),
        BenchData.names(16));
  }

  private List<Contender> partitions() {
    Dataset<Row> frame = inMemory(data.doubles(16, 100_000).frame().repartition(data.rows(1000)));
    String[] names = BenchData.names(16);
    return List.of(
        new Contender(OURS, () -> ours(frame, names)),
        new Contender(STANDARD_SCALER, () -> assembled(frame, names)));
  }

  private List<Contender> inSpark(Dataset<Row> frame, String... names) {
    return List.of(
        new Contender(OURS, () -> ours(frame, names)),
        new Contender(STANDARD_SCALER, () -> assembled(frame, names)),
        new Contender(SQL, () -> sql(frame, names)));
  }

  private static void ours(Dataset<Row> frame, String... names) {
    new BatchNorm().setInputCols(names).fit(frame);
  }

  private static void oursOfVectors(Dataset<Row> frame) {
    new BatchNorm().setInputCol("v").fit(frame);
  }

  private static void assembled(Dataset<Row> frame, String... names) {
    scaler().fit(new VectorAssembler().setInputCols(names).setOutputCol("v").transform(frame));
  }

  private static StandardScaler scaler() {
    return new StandardScaler().setInputCol("v").setOutputCol("s").setWithMean(true);
  }

  private static void sql(Dataset<Row> frame, String... names) {
    Column[] moments =
        Arrays.stream(names)
            .flatMap(name -> Stream.of(avg(name), var_pop(name)))
            .toArray(Column[]::new);
    frame.select(moments).collect();
  }

  private static Dataset<Row> columns(Dataset<Row> frame, String... names) {
    return frame.select(Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new));
  }

  private static Dataset<Row> inMemory(Dataset<Row> frame) {
    Dataset<Row> cached = frame.cache();
    cached.count();
    return cached;
  }
}
