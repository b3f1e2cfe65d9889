package batchnorm.spark;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Models of the rows in {@code fixtures/golden/rows.csv}, one for each form in which models are
 * saved. {@code src/reference/python/golden_models.py} makes the same models in Python. The build
 * reads those that both wrote, and never writes them.
 */
final class GoldenModels {
  /** Folder of the fixtures: in it one for each writer, and in that one for each form. */
  static final Path FIXTURES = Path.of("src", "test", "resources", "fixtures", "golden");

  /** Names of the forms. */
  static final List<String> FORMS =
      List.of(
          "columns",
          "vectors",
          "groups",
          "exponential",
          "cumulative",
          "versions",
          "model.json",
          "layer.safetensors");

  private final Map<String, BatchNormModel> models = new HashMap<>();
  private final Dataset<Row> rows;

  GoldenModels(SparkSession session) {
    Dataset<Row> table =
        session
            .read()
            .schema("store string, batch int, w double, a double, b double")
            .option("header", true)
            .csv(FIXTURES.resolve("rows.csv").toString());
    rows =
        new VectorAssembler()
            .setInputCols(new String[] {"a", "b"})
            .setOutputCol("v")
            .setHandleInvalid("keep")
            .transform(table);
  }

  /** Writes every form into the folder of the first argument, with {@code spark-submit}. */
  public static void main(String[] arguments) throws Exception {
    new GoldenModels(SparkSession.builder().getOrCreate()).write(Path.of(arguments[0]));
  }

  private void write(Path folder) throws Exception {
    for (String form : FORMS) {
      write(form, folder.resolve(form).toString());
    }
  }

  private void write(String form, String path) throws Exception {
    switch (form) {
      case "model.json" -> model(form).export().toJson(path);
      case "layer.safetensors" -> model(form).export().toTorch(path);
      case "versions" -> {
        RunningBatchNorm running = new RunningBatchNorm(stage(form), path);
        running.onBatch(batch(1), 1);
        running.onBatch(batch(2), 2);
      }
      default -> model(form).save(path);
    }
  }

  static BatchNormModel read(String form, Path path) throws IOException {
    return switch (form) {
      case "model.json" -> BatchNormModel.fromJson(path.toString());
      case "layer.safetensors" -> BatchNormModel.fromTorch(path.toString());
      default -> BatchNormModel.load(path.toString());
    };
  }

  /** Returns the model that is saved in a form. */
  BatchNormModel model(String form) {
    return models.computeIfAbsent(form, this::fit);
  }

  private BatchNormModel fit(String form) {
    BatchNorm stage = stage(form);
    return switch (form) {
      case "exponential", "cumulative" -> stage.fit(batch(1)).update(batch(2));
      default -> stage.fit(rows);
    };
  }

  private static BatchNorm stage(String form) {
    BatchNorm stage =
        new BatchNorm()
            .setOutputCol("normalized")
            .setWeightCol("w")
            .setHandleInvalid("keep")
            .setEps(0.25);
    return switch (form) {
      case "vectors" -> stage.setInputCol("v");
      case "groups" -> stage.setInputCols("a", "b").setGroupCols("store");
      case "exponential", "cumulative" -> stage.setInputCols("a", "b").setRunningStatistics(form);
      default -> stage.setInputCols("a", "b");
    };
  }

  Dataset<Row> rows() {
    return rows;
  }

  /** Returns the rows of one update. */
  Dataset<Row> batch(int number) {
    return rows.where(col("batch").equalTo(number));
  }
}
