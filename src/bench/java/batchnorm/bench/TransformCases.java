package batchnorm.bench;

import static batchnorm.bench.Contender.BARE;
import static batchnorm.bench.Contender.OURS;
import static batchnorm.bench.Contender.SAVED_SQL;
import static batchnorm.bench.Contender.SQL;
import static batchnorm.bench.Contender.STANDARD_SCALER;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.stddev_pop;
import static org.apache.spark.sql.functions.try_divide;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StandardScalerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Transforms, written to nowhere; bare is the same data read and written untouched. */
final class TransformCases {
  private TransformCases() {}

  static List<Case> all() {
    return Stream.concat(
            Stream.of(
                new Case(
                    "transform-to-vector",
                    "transform, 64 columns to a vector",
                    2_000_000,
                    TransformCases::columnsToVector),
                new Case(
                    "transform-vectors",
                    "transform, vectors of 64",
                    2_000_000,
                    TransformCases::vectors),
                inPlace(64, 2_000_000),
                inPlace(256, 250_000),
                inPlace(1_000, 100_000)),
            IntStream.of(100, 100_000, 1_000_000).mapToObj(TransformCases::groups))
        .toList();
  }

  private static List<Contender> columnsToVector(Workbench bench) {
    Dataset<Row> frame = bench.data().normal(64, bench.rows()).frame();
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

  private static List<Contender> vectors(Workbench bench) {
    Dataset<Row> frame = bench.data().vectors(64, bench.rows()).frame();
    BatchNormModel model = new BatchNorm().setInputCol("v").setOutputCol("s").fit(frame);
    StandardScalerModel scaler = scaler().fit(frame);
    return List.of(
        new Contender(OURS, () -> write(model.transform(frame).select("s"))),
        new Contender(STANDARD_SCALER, () -> write(scaler.transform(frame).select("s"))),
        new Contender(BARE, () -> write(frame)));
  }

  private static Case inPlace(int columns, int rows) {
    return new Case(
        "transform-" + columns,
        String.format("transform, %,d columns in place", columns),
        rows,
        bench -> {
          Dataset<Row> frame = bench.data().normal(columns, bench.rows()).frame();
          String[] names = BenchData.names(columns);
          BatchNormModel model =
              new BatchNorm().setInputCols(names).setOutputCols(names).fit(frame);
          return List.of(
              new Contender(OURS, () -> write(model.transform(frame))),
              new Contender(BARE, () -> write(frame)));
        });
  }

  private static Case groups(int groups) {
    int rows = FitCases.GROUPED_ROWS / groups;
    return new Case(
        "transform-groups-" + groups,
        String.format("transform, 8 columns in groups of %,d rows in place", rows),
        FitCases.GROUPED_ROWS,
        bench -> ofGroups(bench, rows, 8));
  }

  private static List<Contender> ofGroups(Workbench bench, int rowsOfGroup, int columns) {
    Dataset<Row> frame = bench.data().groups(rowsOfGroup, columns, bench.rows()).frame();
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
        bench
            .data()
            .made(
                "groups-of-" + rowsOfGroup + "-" + columns + "-saved",
                "parquet",
                bench.rows(),
                () -> statistics)
            .frame();
    return List.of(
        new Contender(OURS, () -> write(model.transform(frame))),
        new Contender(SQL, () -> write(joined(frame, statistics, names))),
        new Contender(SAVED_SQL, () -> write(joined(frame, saved, names))),
        new Contender(BARE, () -> write(frame)));
  }

  /** Statistics of groups as users compute them with Spark SQL. */
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
      columns.add(try_divide(centred, col("std_" + name)).as(name));
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
