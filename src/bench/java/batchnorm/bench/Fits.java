package batchnorm.bench;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.var_pop;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.fit.BareScan;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StandardScalerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The ways to compute mean and variance of every feature; a column of vectors is called "v". */
final class Fits {
  private Fits() {}

  static Contender ours(Dataset<Row> frame, String... names) {
    return ours(frame, new BatchNorm().setInputCols(names));
  }

  static Contender oursOfVectors(Dataset<Row> frame) {
    return ours(frame, new BatchNorm().setInputCol("v"));
  }

  static Contender ours(Dataset<Row> frame, BatchNorm stage) {
    return new Contender(
        Contender.OURS,
        () -> {
          BatchNormModel model = stage.fit(frame);
          return new Statistics(model.mean().toArray(), model.variance(0));
        });
  }

  /** Of the groups that column "k" makes. */
  static Contender oursOfGroups(Dataset<Row> frame, String... names) {
    BatchNorm stage = new BatchNorm().setInputCols(names).setGroupCols("k");
    return new Contender(Contender.OURS, (Runnable) () -> stage.fit(frame));
  }

  static Contender sqlOfGroups(Dataset<Row> frame, String... names) {
    Dataset<Row> groups = TransformCases.statisticsOfGroups(frame, names);
    return new Contender(
        Contender.SQL, () -> groups.write().format("noop").mode("overwrite").save());
  }

  /** The same, kept as a fit keeps its groups: cached, and counted so that all are computed. */
  static Contender keptSqlOfGroups(Dataset<Row> frame, String... names) {
    return new Contender(
        Contender.KEPT_SQL,
        () -> {
          Dataset<Row> groups = TransformCases.statisticsOfGroups(frame, names).persist();
          groups.count();
          groups.unpersist(true);
        });
  }

  /** Spark's scaler of columns, with the assembler it needs. */
  static Contender assembled(Dataset<Row> frame, int rows, String... names) {
    VectorAssembler assembler = new VectorAssembler().setInputCols(names).setOutputCol("v");
    return new Contender(Contender.STANDARD_SCALER, () -> scale(assembler.transform(frame), rows));
  }

  static Contender standardScaler(Dataset<Row> frame, int rows) {
    return new Contender(Contender.STANDARD_SCALER, () -> scale(frame, rows));
  }

  static Contender sql(Dataset<Row> frame, String... names) {
    Column[] moments =
        Arrays.stream(names)
            .flatMap(name -> Stream.of(avg(name), var_pop(name)))
            .toArray(Column[]::new);
    return new Contender(
        Contender.SQL,
        () -> {
          Row row = frame.select(moments).first();
          double[] pairs = new double[moments.length];
          Arrays.setAll(pairs, row::getDouble);
          return Statistics.ofPairs(pairs);
        });
  }

  static Contender duckDb(DuckDb duckDb, Table table, String... names) {
    return new Contender(Contender.DUCKDB, () -> duckDb.moments(table.duckDb(), names));
  }

  /** The scan of a fit, of which no value is used. */
  static Contender bare(Dataset<Row> frame, String... names) {
    Dataset<Row> selected =
        frame.select(Arrays.stream(names).map(name -> col(name)).toArray(Column[]::new));
    return new Contender(
        Contender.BARE,
        () -> {
          BareScan.of(selected);
        });
  }

  private static Statistics scale(Dataset<Row> frame, int rows) {
    StandardScalerModel model =
        new StandardScaler().setInputCol("v").setOutputCol("s").setWithMean(true).fit(frame);
    return Statistics.ofSample(model.mean().toArray(), model.std().toArray(), rows);
  }
}
