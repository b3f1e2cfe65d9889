package batchnorm.bench;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.sql.functions.col;

import batchnorm.spark.BatchNorm;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Fits: mean and variance of every feature. */
final class FitCases {
  /** The values of dense vectors: fewer rows where they are wider. */
  private static final int VALUES = 20_000_000;

  private static final int TRIPS = 10_000_000;

  static final int GROUPED_ROWS = 5_000_000;

  /**
   * Maximum number of features for StandardScaler; with ten times as many its 16 partitions send 4
   * GB: 24 bytes per feature each.
   */
  private static final int MOST_FOR_STANDARD_SCALER = 1_000_000;

  private FitCases() {}

  static List<Case> all() {
    List<Case> columns =
        List.of(
            new Case("fit-64", "fit, 64 double columns", 2_000_000, bench -> normal(bench, 64)),
            new Case("fit-16", "fit, 16 double columns", 2_000_000, bench -> normal(bench, 16)),
            new Case("fit-1000", "fit, 1,000 double columns", 100_000, FitCases::wide),
            dictionary(50),
            dictionary(5_000),
            trips("fit-trips", "fit, taxi trips of 19 columns", BenchData.TRIP_COLUMNS),
            trips("fit-decimal", "fit, one decimal(10, 2)", "total_amount"),
            trips("fit-boolean-short", "fit, boolean and short", "stored", "payment_type"),
            trips("fit-float", "fit, one float", "trip_distance"),
            trips("fit-epoch", "fit, seconds of an epoch", "pickup"),
            new Case(
                "fit-nulls",
                "fit, 16 float and 16 int columns with nulls, keep",
                1_000_000,
                FitCases::withNulls),
            new Case(
                "fit-weighted",
                "fit, 16 double columns with weights",
                2_000_000,
                FitCases::weighted),
            groups(100),
            groups(100_000));
    return Stream.of(
            columns.stream(),
            Stream.of(
                groups(1_000_000),
                new Case("fit-csv", "fit, CSV of 16 double columns", 200_000, FitCases::csv),
                new Case("fit-cached", "fit, 64 double columns, cached", 500_000, FitCases::cached),
                new Case(
                    "fit-100-rows", "fit, 16 double columns, in memory", 100, FitCases::latency)),
            IntStream.of(1, 10, 100, 1_000).mapToObj(FitCases::partitions),
            vectors(),
            Stream.of("delta", "iceberg").map(FitCases::tables),
            columns.stream().map(Case::onComet))
        .flatMap(cases -> cases)
        .toList();
  }

  private static Stream<Case> vectors() {
    return Stream.of(
            Stream.of(
                new Case(
                    "fit-vectors-64",
                    "fit, vectors of 64",
                    2_000_000,
                    bench -> vectors(bench, bench.data().vectors(64, bench.rows()))),
                new Case(
                    "fit-vectors-1024",
                    "fit, vectors of 1,024",
                    100_000,
                    bench -> vectors(bench, bench.data().vectors(1024, bench.rows()))),
                new Case(
                    "fit-floats-768", "fit, array<float> of 768", 100_000, FitCases::floatArrays)),
            IntStream.of(10, 100, 1_000, 10_000, 100_000, 1_000_000).mapToObj(FitCases::dense),
            IntStream.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000).mapToObj(FitCases::sparse))
        .flatMap(cases -> cases);
  }

  private static List<Contender> normal(Workbench bench, int columns) {
    Fits fits = fits(bench, bench.data().normal(columns, bench.rows()), columns);
    return List.of(
        fits.ours(),
        fits.standardScaler(),
        fits.sql(),
        fits.duckDb(),
        fits.polars(),
        fits.scikitLearn(),
        fits.bare());
  }

  /** Spark SQL takes a minute and more to compile what so many columns make of it. */
  private static List<Contender> wide(Workbench bench) {
    return normal(bench, 1_000).stream()
        .filter(contender -> !contender.name().equals(Contender.SQL))
        .toList();
  }

  private static Case dictionary(int distinct) {
    return new Case(
        "fit-dictionary-" + distinct,
        String.format("fit, 16 double columns of %,d distinct values", distinct),
        2_000_000,
        bench -> {
          Fits fits = fits(bench, bench.data().dictionary(distinct, 16, bench.rows()), 16);
          return List.of(fits.ours(), fits.sql(), fits.duckDb(), fits.polars(), fits.bare());
        });
  }

  private static Case trips(String name, String title, String... columns) {
    return new Case(
        name,
        title,
        TRIPS,
        bench -> keeping(new Fits(bench, bench.data().trips(bench.rows()), columns)));
  }

  private static List<Contender> withNulls(Workbench bench) {
    return keeping(fits(bench, bench.data().floatsAndIntegers(32, bench.rows()), 32));
  }

  private static List<Contender> keeping(Fits fits) {
    return List.of(
        fits.ours(fits.stage().setHandleInvalid("keep")),
        fits.sql(),
        fits.duckDb(),
        fits.polars(),
        fits.bare());
  }

  private static List<Contender> weighted(Workbench bench) {
    Fits fits = fits(bench, bench.data().weighted(16, bench.rows()), 16);
    return List.of(
        fits.ours(fits.stage().setWeightCol("w")),
        fits.weightedSummarizer("w"),
        fits.weightedSql("w"),
        fits.bare());
  }

  /** A fit of so many groups in the full form; fewer rows have fewer groups, which are as large. */
  private static Case groups(int groups) {
    int rows = GROUPED_ROWS / groups;
    return new Case(
        "fit-groups-" + groups,
        String.format("fit, 8 double columns in groups of %,d rows", rows),
        GROUPED_ROWS,
        bench -> fits(bench, bench.data().groups(rows, 8, bench.rows()), 8).ofGroups());
  }

  private static List<Contender> csv(Workbench bench) {
    Fits fits = fits(bench, bench.data().csv(16, bench.rows()), 16);
    return List.of(fits.ours(), fits.standardScaler(), fits.sql(), fits.duckDb(), fits.polars());
  }

  private static Case tables(String format) {
    return new Case(
            "fit-" + format,
            "fit, 16 double columns of a table of "
                + (format.equals("delta") ? "Delta" : "Iceberg"),
            2_000_000,
            bench -> {
              Fits fits = fits(bench, bench.data().table(format, 16, bench.rows()), 16);
              return List.of(fits.ours(), fits.standardScaler(), fits.sql(), fits.bare());
            })
        .on(Engine.TABLES);
  }

  private static List<Contender> cached(Workbench bench) {
    Table table = bench.data().normal(64, bench.rows());
    Fits fits = fits(bench, table.of(BenchData.inMemory(table.frame())), 64);
    return List.of(fits.ours(), fits.standardScaler(), fits.sql(), fits.bare());
  }

  private static List<Contender> latency(Workbench bench) {
    Table table = bench.data().normal(16, bench.rows());
    List<Row> rows = table.frame().collectAsList();
    Dataset<Row> frame = table.frame().sparkSession().createDataFrame(rows, table.frame().schema());
    Fits fits = fits(bench, table.of(frame), 16);
    return List.of(fits.ours(), fits.standardScaler(), fits.sql());
  }

  private static Case partitions(int partitions) {
    return new Case(
        "fit-partitions-" + partitions,
        String.format("fit, 16 double columns, cached in %,d partitions", partitions),
        100_000,
        bench -> {
          Table table = bench.data().normal(16, bench.rows());
          Dataset<Row> frame = BenchData.inMemory(table.frame().repartition(partitions));
          Fits fits = fits(bench, table.of(frame), 16);
          return List.of(fits.ours(), fits.standardScaler());
        });
  }

  private static Case dense(int size) {
    return new Case(
        "fit-dense-" + size,
        String.format("fit, vectors of %,d", size),
        VALUES / size,
        bench -> vectors(bench, bench.data().vectors(size, bench.rows())));
  }

  private static Case sparse(int size) {
    return new Case(
        "fit-sparse-" + size,
        String.format("fit, sparse vectors of %,d, cached in 16 partitions", size),
        20_000,
        bench -> {
          Table table = bench.data().sparse(size, 100, bench.rows());
          Dataset<Row> frame = BenchData.inMemory(table.frame().repartition(16));
          Contender ours = Fits.ours(frame, new BatchNorm().setInputCol("v"));
          return size <= MOST_FOR_STANDARD_SCALER
              ? List.of(ours, Fits.standardScaler(frame, bench.rows()))
              : List.of(ours);
        });
  }

  private static List<Contender> vectors(Workbench bench, Table table) {
    return vectors(bench, table, table.frame());
  }

  private static List<Contender> floatArrays(Workbench bench) {
    Table table = bench.data().floatArrays(768, bench.rows());
    return vectors(bench, table, table.frame().select(array_to_vector(col("v")).as("v")));
  }

  /**
   * The fit of column "v".
   *
   * @param asVectors the same for Spark's scaler, which takes vectors alone
   */
  private static List<Contender> vectors(Workbench bench, Table table, Dataset<Row> asVectors) {
    return List.of(
        Fits.ours(table.frame(), new BatchNorm().setInputCol("v")),
        Fits.standardScaler(asVectors, bench.rows()),
        new Fits(bench, table, "v").bare());
  }

  private static Fits fits(Workbench bench, Table table, int columns) {
    return new Fits(bench, table, BenchData.names(columns));
  }
}
