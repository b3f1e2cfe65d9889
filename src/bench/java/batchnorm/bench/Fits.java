package batchnorm.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.fit.BareScan;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StandardScalerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The ways to compute mean and variance of columns of one table. */
final class Fits {
  private final Workbench bench;
  private final Table table;
  private final String[] names;

  Fits(Workbench bench, Table table, String... names) {
    this.bench = bench;
    this.table = table;
    this.names = names;
  }

  Contender ours() {
    return ours(stage());
  }

  Contender ours(BatchNorm stage) {
    return ours(table.frame(), stage);
  }

  static Contender ours(Dataset<Row> frame, BatchNorm stage) {
    return new Contender(
        Contender.OURS,
        () -> {
          BatchNormModel model = stage.fit(frame);
          return new Statistics(model.mean().toArray(), model.variance(0));
        });
  }

  BatchNorm stage() {
    return new BatchNorm().setInputCols(names);
  }

  /** Spark's scaler of vectors, with the assembler that columns need. */
  Contender standardScaler() {
    Dataset<Row> vectors = assembled();
    return new Contender(Contender.STANDARD_SCALER, () -> scale(vectors, bench.rows()));
  }

  static Contender standardScaler(Dataset<Row> vectors, int rows) {
    return new Contender(Contender.STANDARD_SCALER, () -> scale(vectors, rows));
  }

  /** Spark's statistics of vectors, whose variance is that of a sample with reliability weights. */
  Contender weightedSummarizer(String weight) {
    Dataset<Row> summary =
        assembled()
            .select(Summarizer.metrics("mean", "variance").summary(col("v"), col(weight)).as("s"))
            .select("s.mean", "s.variance");
    Row sums =
        table
            .frame()
            .select(sum(weight), sum(col(weight).multiply(col(weight))).divide(sum(weight)))
            .first();
    double population = 1 - sums.getDouble(1) / sums.getDouble(0);
    return new Contender(
        Contender.SUMMARIZER,
        () -> {
          Row row = summary.first();
          Vector variances = row.getAs(1);
          return new Statistics(
              row.<Vector>getAs(0).toArray(),
              Arrays.stream(variances.toArray()).map(variance -> variance * population).toArray());
        });
  }

  /** The sums that users write in SQL; they round too much for the check of the statistics. */
  Contender weightedSql(String weight) {
    Column[] sums =
        Stream.concat(
                Stream.of(sum(weight)),
                Arrays.stream(names)
                    .flatMap(
                        name -> {
                          Column product = col(name).multiply(col(weight));
                          return Stream.of(sum(product), sum(product.multiply(col(name))));
                        }))
            .toArray(Column[]::new);
    return new Contender(Contender.SQL, (Runnable) () -> table.frame().select(sums).first());
  }

  Contender sql() {
    return sql(table.frame());
  }

  private Contender sql(Dataset<Row> frame) {
    String[] moments =
        table
            .numbers(names)
            .flatMap(number -> Stream.of("avg(" + number + ")", "var_pop(" + number + ")"))
            .toArray(String[]::new);
    return new Contender(
        Contender.SQL,
        () -> {
          Row row = frame.selectExpr(moments).first();
          double[] pairs = new double[moments.length];
          Arrays.setAll(pairs, j -> ((Number) row.get(j)).doubleValue());
          return Statistics.ofPairs(pairs);
        });
  }

  Contender duckDb() {
    return new Contender(
        Contender.DUCKDB,
        () -> bench.duckDb().moments(table.duckDb(), table.numbers(names).toList()));
  }

  Contender polars() {
    return python(Contender.POLARS);
  }

  Contender scikitLearn() {
    return python(Contender.SCIKIT_LEARN);
  }

  private Contender python(String library) {
    return new Contender(
        library,
        () ->
            Statistics.ofPairs(
                bench.python().ask(library, table.files(), String.join(",", names))));
  }

  /** The scan of a fit, of which no value is used. */
  Contender bare() {
    Dataset<Row> selected =
        table.frame().select(Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new));
    return new Contender(
        Contender.BARE,
        () -> {
          BareScan.of(selected);
        });
  }

  /** The fits of the groups that column "k" makes. */
  List<Contender> ofGroups() {
    BatchNorm stage = stage().setGroupCols("k");
    Dataset<Row> groups = TransformCases.statisticsOfGroups(table.frame(), names);
    return List.of(
        new Contender(Contender.OURS, (Runnable) () -> stage.fit(table.frame())),
        new Contender(Contender.SQL, () -> groups.write().format("noop").mode("overwrite").save()),
        new Contender(Contender.KEPT_SQL, () -> keep(groups)),
        new Contender(
            Contender.DUCKDB, () -> bench.duckDb().momentsOfGroups(table.duckDb(), List.of(names))),
        new Contender(
            Contender.POLARS,
            (Runnable)
                () ->
                    bench
                        .python()
                        .ask("Polars of groups", table.files(), String.join(",", names))));
  }

  /** Persists groups like a fit: cached, and counted so that all are computed. */
  private static void keep(Dataset<Row> groups) {
    Dataset<Row> kept = groups.persist();
    kept.count();
    kept.unpersist(true);
  }

  private Dataset<Row> assembled() {
    return new VectorAssembler().setInputCols(names).setOutputCol("v").transform(table.frame());
  }

  private static Statistics scale(Dataset<Row> vectors, int rows) {
    StandardScalerModel model =
        new StandardScaler().setInputCol("v").setOutputCol("s").setWithMean(true).fit(vectors);
    return Statistics.ofSample(model.mean().toArray(), model.std().toArray(), rows);
  }
}
