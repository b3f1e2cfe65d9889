package batchnorm.bench;

import static batchnorm.bench.Contender.BARE;
import static batchnorm.bench.Contender.OURS;
import static batchnorm.bench.Contender.STANDARD_SCALER;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.util.List;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StandardScalerModel;
import org.apache.spark.ml.feature.VectorAssembler;
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
            () -> inPlace(1_000, 100_000)));
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

  private static StandardScaler scaler() {
    return new StandardScaler().setInputCol("v").setOutputCol("s").setWithMean(true);
  }

  private static void write(Dataset<Row> frame) {
    frame.write().format("noop").mode("overwrite").save();
  }
}
