package batchnorm.bench;

import static batchnorm.bench.Contender.BARE;
import static batchnorm.bench.Contender.OURS;
import static batchnorm.bench.Contender.SAVED_SQL;
import static batchnorm.bench.Contender.SQL;
import static batchnorm.bench.Contender.STANDARD_SCALER;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.stddev_pop;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StandardScalerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Transforms, written to nowhere; bare is the same data read and written untouched. */
final class TransformCases {
  private final BenchData data;

  TransformCases(BenchData data) {
    this.data = data;
  }

  List<Case> all() {
    return List.of(
        new Case(
            "transform-to-vector", "transform, 64 columns x 2M to a vector", this::columnsToVector),
        new Case("transform-vectors", "transform, vectors of 64 x 2M", this::vectors),
        new Case(
            "transform-64", "transform, 64 columns x 2M in place", () -> inPlace(64, 2_000_000)),
        new Case(
            "transform-256", "transform, 256 columns x 250k in place", () -> inPlace(256, 250_000)),
        new Case(
            "transform-1000",
            "transform, 1,000 columns x 100k in place",
            () -> inPlace(1_000, 100_000)),
        new Case(
            "transform-groups",
            "transform, 8 columns x 5M in 100k groups in place",
            () -> ofGroups(100_000, 8, 5_000_000)));
  }

  private List<Contender> columnsToVector() {
    Dataset<Row> frame = data.doubles(64, 2_000_000).frame();
    String[] names = BenchData.names(64);
    BatchNormModel model = new BatchNorm().setInputCols(names).setOutputCol("s").fit(frame);
    VectorAssembler assembler = new VectorAssembler().setInputCols(names).setOutputCol("v");
    StandardScalerModel scaler = scaler().fit(assembler.transform(frame));
    return List.of(
        new Contender(OURS, () -> write(model.transform(frame).select("s"))),
        new Contender(
            STANDARD_SCALER, () -> write(scaler.transform(assembler.transform(frame)).select("s"))),
        new Contender(BARE, () -> write(frame)));
  }

  private List<Contender> vectors() {
    Dataset<Row> frame = data.vectors(64, 2_000_000).frame();
    BatchNormModel model = new BatchNorm().setInputCol("v").setOutputCol("s").fit(frame);
    StandardScalerModel scaler = scaler().fit(frame);
    return List.of(
        new Contender(OURS, () -> write(model.transform(frame).select("s"))),
        new Contender(STANDARD_SCALER, () -> write(scaler.transform(frame).select("s"))),
        new Contender(BARE, () -> write(frame)));
  }

  private List<Contender> inPlace(int columns, int rows) {
    Dataset<Row> frame = data.doubles(columns, rows).frame();
    String[] names = BenchData.names(columns);
    BatchNormModel model = new BatchNorm().setInputCols(names).setOutputCols(names).fit(frame);
    return List.of(
        new Contender(OURS, () -> write(model.transform(frame))),
        new Contender(BARE, () -> write(frame)));
  }

  private List<Contender> ofGroups(int groups, int columns, int rows) {
    Dataset<Row> frame = data.groups(groups, columns, rows).frame();
    String[] names = BenchData.names(columns);
    BatchNormModel model =
        new BatchNorm()
            .setInputCols(names)
            .setOutputCols(names)
            .setGroupCols("k")
            .setEps(0)
            .fit(frame);
    Dataset<Row> statistics = statisticsOfGroups(frame, names);
    Dataset<Row> saved =
        data.made("groups-" + groups + "-" + columns + "-saved", rows, () -> statistics);
    return List.of(
        new Contender(OURS, () -> write(model.transform(frame))),
        new Contender(SQL, () -> write(joined(frame, statistics, names))),
        new Contender(SAVED_SQL, () -> write(joined(frame, saved, names))),
        new Contender(BARE, () -> write(frame)));
  }

  /** What users have Spark SQL compute of groups. */
  static Dataset<Row> statisticsOfGroups(Dataset<Row> frame, String[] names) {
    List<Column> statistics = new ArrayList<>();
    for (String name : names) {
      statistics.add(avg(name).as("avg_" + name));
      statistics.add(stddev_pop(name).as("std_" + name));
    }
    return frame
        .groupBy("k")
        .agg(statistics.get(0), statistics.subList(1, statistics.size()).toArray(Column[]::new));
  }

  private static Dataset<Row> joined(Dataset<Row> frame, Dataset<Row> statistics, String[] names) {
    List<Column> columns = new ArrayList<>(List.of(col("k")));
    for (String name : names) {
      Column centred = col(name).minus(col("avg_" + name));
      columns.add(centred.divide(col("std_" + name)).as(name));
    }
    return frame.join(statistics, "k").select(columns.toArray(Column[]::new));
  }

  private static StandardScaler scaler() {
    return new StandardScaler().setInputCol("v").setOutputCol("s").setWithMean(true);
  }

  private static void write(Dataset<Row> frame) {
    frame.write().format("noop").mode("overwrite").save();
  }
}
