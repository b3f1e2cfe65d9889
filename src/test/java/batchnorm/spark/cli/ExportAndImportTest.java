package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.ml.linalg.Vectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Errors of export and import, and the columns of an imported model. */
class ExportAndImportTest {
  private static final String[] NAMES = {"a", "b\u00fc", "c"};

  /** File of a layer with the features {@link #NAMES}. */
  private static final String LAYER =
      Objects.requireNonNull(
              ExportAndImportTest.class.getResource(
                  "/fixtures/safetensors/layer-float64-metadata.safetensors"))
          .getPath();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    SharedSession.get();
  }

  @Test
  void columnsAreCalledAsTheFeatures() throws IOException {
    BatchNormModel read = imported("torch", LAYER);
    assertArrayEquals(NAMES, read.getInputCols());
    assertArrayEquals(NAMES, read.getOutputCols());
    BatchNormModel given = imported("torch", LAYER, "--columns", "A,b\u00fc,c", "--suffix", "_n");
    assertArrayEquals(new String[] {"A", "b\u00fc", "c"}, given.getInputCols());
    assertEquals("v", imported("torch", LAYER, "--vector-column", "v").getInputCol());
  }

  @Test
  void columnsInAnotherOrderThanTheFeaturesAreRefused() {
    assertRefused(
        otherColumns(LAYER, "'c', 'b\u00fc', 'a'"),
        () -> imported("torch", LAYER, "--columns", "c,b\u00fc,a"));
    assertRefused(
        otherColumns(LAYER, "'a', 'b', 'c'"), () -> imported("torch", LAYER, "--columns", "a,b,c"));
    assertFalse(Files.exists(folder.resolve("imported")));
  }

  @Test
  void columnsOfAJsonFileThatAreNotItsFeaturesAreRefused() throws IOException {
    BatchNormModel model = layer().setInputCols("c", "b\u00fc", "a").setOutputCols("x", "y", "z");
    String file = json(model);
    assertRefused(otherColumns(file, "'c', 'b\u00fc', 'a'"), () -> imported("json", file));
    assertArrayEquals(NAMES, imported("json", file, "--columns", "a,b\u00fc,c").getInputCols());
    String inverse = json(model.inverse());
    assertRefused(otherColumns(inverse, "'c', 'b\u00fc', 'a'"), () -> imported("json", inverse));
  }

  @Test
  void inverseKeepsTheColumnsOfItsFile() throws IOException {
    BatchNormModel inverse = layer().setInputCols(NAMES).setOutputCols("x", "y", "z").inverse();
    String file = json(inverse);
    BatchNormModel read = imported("json", file);
    assertArrayEquals(NAMES, read.getInputCols());
    assertArrayEquals(new String[] {"x", "y", "z"}, read.getOutputCols());
    for (String[] option :
        new String[][] {
          {"--columns", "a,b\u00fc,c"},
          {"--vector-column", "v"},
          {"--output-columns", "a,b\u00fc,c"},
          {"--suffix", "_n"}
        }) {
      assertRefused(columnsOfInverse(file), () -> imported("json", file, option));
    }
    String withoutColumns = json(layer().inverse());
    assertRefused(columnsOfInverse(withoutColumns), () -> imported("json", withoutColumns));
  }

  @Test
  void momentumGoesWithExponentialStatistics() throws IOException {
    assertEquals(0.5, imported("torch", LAYER, "--momentum", "0.5").getMomentum());
    BatchNormModel pooled =
        BatchNormModel.of(Vectors.dense(0), Vectors.dense(1)).setInputCols("a").setOutputCol("o");
    String file = json(pooled);
    assertRefused(
        "momentum is set and runningStatistics is 'pooled'; momentum goes with 'exponential'. Set "
            + "runningStatistics to 'exponential', or clear momentum.",
        () -> imported("json", file, "--momentum", "0.5"));
  }

  @Test
  void modelIsNotOverwrittenByItsExport() throws IOException {
    Path model = folder.resolve("model");
    layer().save(model.toString());
    Path part = model.resolve("metadata/_SUCCESS");
    assertRefused(
        "Output "
            + part
            + " would be written into the folder of model "
            + model
            + ", which is read. Give another path.",
        () -> export(model, part, "overwrite"));
    assertRefused(
        "Output "
            + model
            + " would be written over "
            + model
            + ", which is read. Give another path, and move the result afterwards if you want.",
        () -> export(model, model, "overwrite"));
    assertEquals(layer().mean(), BatchNormModel.load(model.toString()).mean());
    Path there = Files.writeString(folder.resolve("there"), "old");
    assertRefused(
        "File "
            + there
            + " already exists. Give another --output, or --mode overwrite to replace it.",
        () -> export(model, there, "error"));
    assertEquals("old", Files.readString(there));
    export(model, there, "overwrite");
    assertEquals(layer().mean(), BatchNormModel.fromTorch(there.toString()).mean());
  }

  private static String otherColumns(String file, String columns) {
    return "The features of file "
        + file
        + " are 'a', 'b\u00fc', 'c' and its columns would be "
        + columns
        + "; expected the same names in the same order, as each column goes with the feature in its "
        + "place. Give --columns as the features are called, or correct the names in the file.";
  }

  private static String columnsOfInverse(String file) {
    return "File "
        + file
        + " is an inverse, whose columns are those of the model that it maps back; expected them in "
        + "the file, and no options for columns. Import the model itself with its columns, and map "
        + "back with batchnorm inverse.";
  }

  private static BatchNormModel layer() throws IOException {
    return BatchNormModel.fromTorch(LAYER);
  }

  private String json(BatchNormModel model) throws IOException {
    Path file = folder.resolve("model.json");
    model.export().overwrite().toJson(file.toString());
    return file.toString();
  }

  private BatchNormModel imported(String from, String file, String... options) throws IOException {
    String saved = folder.resolve("imported").toString();
    run(
        new ImportCommand(),
        options,
        "--from",
        from,
        "--input",
        file,
        "--model",
        saved,
        "--mode",
        "overwrite");
    return BatchNormModel.load(saved);
  }

  private void export(Path model, Path output, String mode) throws IOException {
    String[] options = {"--mode", mode};
    run(
        new ExportCommand(),
        options,
        "--model",
        model.toString(),
        "--to",
        "torch",
        "--output",
        output.toString());
  }

  private static void run(SparkCommand command, String[] options, String... others)
      throws IOException {
    List<String> args = new ArrayList<>(List.of(others));
    args.addAll(List.of(options));
    InProcess.run(SharedSession.get(), command, args.toArray());
  }

  private static void assertRefused(String text, Executable run) {
    assertEquals(text, assertThrows(IllegalArgumentException.class, run).getMessage());
  }
}
