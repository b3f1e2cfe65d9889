package batchnorm.spark.export;

import static batchnorm.spark.export.Rows.assertRefused;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model becomes the state_dict of a layer that maps as it does. */
class ToTorchTest {
  /** The last is constant. */
  private static final double[][] TABLE = {{1, -2, 7}, {3, 4, 7}, {5, 12, 7}};

  private final Dataset<Row> table = Frames.doubles(TABLE);

  @TempDir Path folder;

  @Test
  void headerIsWhatPythonReads() throws IOException {
    BatchNormModel model = stage().setGamma(1, 2, 3).setBeta(4, 5, 6).fit(table);
    byte[] file = Files.readAllBytes(Path.of(written(model)));
    int header = (file[0] & 0xff) + 256 * file[1];
    assertEquals(0, header % 8);
    assertEquals(
        "{'__metadata__':{'format':'pt','producer':'batchnorm-spark','eps':'0.0',"
            + "'feature_names':'[\\'a\\',\\'b\\',\\'c\\']'},"
            + "'num_batches_tracked':{'dtype':'I64','shape':[],'data_offsets':[0,8]},"
            + "'running_mean':{'dtype':'F64','shape':[3],'data_offsets':[8,32]},"
            + "'running_var':{'dtype':'F64','shape':[3],'data_offsets':[32,56]},"
            + "'weight':{'dtype':'F64','shape':[3],'data_offsets':[56,80]},"
            + "'bias':{'dtype':'F64','shape':[3],'data_offsets':[80,104]}}",
        new String(file, 8, header, StandardCharsets.UTF_8).strip().replace('"', '\''));
    assertEquals(8 + header + 104, file.length);
  }

  /** A layer with these numbers computes what transform computes, in every digit. */
  @ParameterizedTest
  @CsvSource({
    "1e-5, 0, true,  true",
    "1e-5, 1, true,  true",
    "0,    0, true,  true",
    "0,    1, true,  true",
    "0.5,  0, false, true",
    "1e-5, 0, true,  false",
    "4,    1, false, false"
  })
  void importedAgainItMapsTheSame(double eps, int correction, boolean withMean, boolean withStd)
      throws IOException {
    BatchNormModel model =
        stage()
            .setEps(eps)
            .setCorrection(correction)
            .setWithMean(withMean)
            .setWithStd(withStd)
            .setGamma(1, -2, 3)
            .setBeta(0.5, 0, -1)
            .fit(table);
    BatchNormModel read = BatchNormModel.fromTorch(written(model)).setInputCols("a", "b", "c");
    Rows.assertSame(Rows.of(model, table), Rows.of(read.setOutputCol("out"), table));
    assertArrayEquals(model.featureNames(), read.featureNames());
  }

  @Test
  void infiniteVarianceComesOutAsBias() throws IOException {
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(1e308), Vectors.dense(Double.POSITIVE_INFINITY))
            .setInputCol("v")
            .setOutputCol("out")
            .setBeta(2);
    Dataset<Row> rows = Frames.dense(new double[][] {{-1e308}, {1}});
    BatchNormModel read =
        BatchNormModel.fromTorch(written(model)).setInputCol("v").setOutputCol("out");
    assertEquals(Vectors.dense(0), read.mean());
    Rows.assertSame(new double[][] {{2}, {2}}, Rows.of(read, rows));
  }

  /** Other systems subtract in doubles, which do not hold the differences of these. */
  @Test
  void columnsNearTheEndsOfDoubleAreRefused() {
    BatchNormModel model =
        stage().fit(Frames.doubles(new double[][] {{1, 1.7e308, 7}, {3, -1.6e308, 8}}));
    String path = folder.resolve("refused").toString();
    for (Executable export :
        List.<Executable>of(() -> model.toTorch(path), () -> model.toOnnx(path))) {
      assertEquals(
          "The numbers of 'b' are so near the ends of the range of double that other systems, which "
              + "compute in doubles, would overflow; expected a variance within it. Divide or multiply "
              + "the feature by a constant before the fit.",
          assertThrows(IllegalArgumentException.class, export).getMessage());
    }
    assertTrue(Files.notExists(Path.of(path)));
  }

  /** A layer with such numbers would not be read back. */
  @Test
  void columnsWithoutValuesAreRefused() {
    BatchNormModel model =
        stage()
            .setHandleInvalid("keep")
            .fit(Frames.doubles(new double[][] {{1, Double.NaN, 7}, {3, Double.NaN, 8}}));
    assertEquals(
        "Feature 'b' had no values, so that its mean is NaN; expected numbers, as a layer of PyTorch "
            + "has no others. Fit without the column, or export to JSON.",
        assertThrows(IllegalArgumentException.class, () -> written(model)).getMessage());
  }

  @Test
  void runningStatisticsAndMomentumAreThoseOfTheLayer() throws IOException {
    BatchNorm stage = stage().setRunningStatistics("exponential").setMomentum(0.25);
    BatchNormModel model = stage.fit(table).update(table);
    BatchNormModel read = BatchNormModel.fromTorch(written(model)).setInputCols("a", "b", "c");
    assertEquals(2, read.numBatchesTracked());
    assertEquals(0.25, read.getMomentum());
    assertEquals(model.mean(), read.mean());
    assertEquals(model.update(table).mean(), read.update(table).mean());
    assertArrayEquals(model.update(table).variance(1), read.update(table).variance(1));
    assertEquals(3, read.update(table).numBatchesTracked());
  }

  @Test
  void plainAverageIsALayerWithoutMomentum() throws IOException {
    BatchNormModel model = stage().setRunningStatistics("cumulative").fit(table).update(table);
    BatchNormModel read = BatchNormModel.fromTorch(written(model));
    assertEquals(model.mean(), read.mean());
    assertEquals("pooled", read.getRunningStatistics());
    String json = folder.resolve("cumulative.json").toString();
    model.toJson(json);
    BatchNormModel again = BatchNormModel.fromTorch(written(BatchNormModel.fromJson(json)));
    assertEquals("pooled", again.getRunningStatistics());
  }

  @Test
  void float32IsTheNearest() throws IOException {
    BatchNormModel model = stage().setEps(1e-5).setBeta(0.1, 1e-50, 16777217).fit(table);
    String path = folder.resolve("32").toString();
    model.export().dtype("float32").toTorch(path);
    BatchNormModel read = BatchNormModel.fromTorch(path);
    assertArrayEquals(new double[] {0.1f, 0, 16777216}, read.getBeta());
    assertArrayEquals(
        new double[] {(float) model.variance(0)[0], (float) model.variance(0)[1], 0},
        read.variance(0));
  }

  @ParameterizedTest
  @CsvSource({
    "1e39, 1,     0,    running_mean, 1.0E39",
    "0,    1e40,  0,    running_var,  1.0E40",
    "0,    1e-50, 0,    running_var,  1.0E-50"
  })
  void whatFloat32CannotHoldIsRefused(
      double mean, double variance, double eps, String what, String found) {
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(0, mean), Vectors.dense(1, variance))
            .setInputCols("a", "b")
            .setEps(eps);
    assertRefused(
        what
            + " of 'feature_1' is "
            + found
            + ", which float32 cannot hold; expected numbers within its range. Export as float64, or "
            + "scale the feature before the fit.",
        () -> model.export().dtype("float32").toTorch(folder.resolve("32").toString()));
  }

  /**
   * A rounded mean is off by a thousandth of a deviation from 2^24 / 1000 = 16777 deviations on.
   */
  @Test
  void float32WarnsOfMeansThatAreLargeAgainstTheDeviation() throws IOException {
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(16770, -33560, 7e9, 1e9), Vectors.dense(1, 4, 0, 1e10))
            .setInputCols("a", "b", "constant", "d");
    String path = folder.resolve("32").toString();
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNormModel")) {
      model.export().dtype("float32").toTorch(path);
      assertEquals(
          List.of(
              "WARN The mean of 'feature_1' is so large relative to the deviation that the error "
                  + "of a float32 layer, which folds it into the bias, is a thousandth of the "
                  + "deviation or more; export as float64, or to ONNX"),
          log.messages());
    }
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNormModel")) {
      model.export().overwrite().toTorch(path);
      assertEquals(List.of(), log.messages());
    }
  }

  @Test
  void dtypeThatIsNone() {
    BatchNormModel model = stage().fit(table);
    assertRefused(
        "dtype is 'float16'; expected 'float64' or 'float32'. Set one of them.",
        () -> model.export().dtype("float16"));
  }

  @Test
  void groupsAndInversesAreRefused() {
    BatchNormModel groups = stage().setGroupCols("g").fit(table.withColumn("g", lit(1)));
    String text =
        "The model has statistics for every group of 'g'; a file of another system holds those of "
            + "one model. Fit without groupCols, or on the rows of one group.";
    assertRefused(text, () -> groups.toTorch(folder.resolve("g").toString()));
    assertRefused(text, () -> groups.toJson(folder.resolve("g").toString()));
    assertRefused(
        "The model is an inverse, which is no BatchNorm layer: its numbers are no running "
            + "statistics. Export the model itself, or the inverse to ONNX or JSON.",
        () -> stage().fit(table).inverse().toTorch(folder.resolve("i").toString()));
  }

  @Test
  void aFileThatExistsIsReplacedOnlyIfAsked() throws IOException {
    BatchNormModel model = stage().fit(table);
    Path path = Files.writeString(folder.resolve("there"), "old");
    assertRefused(
        "File "
            + path
            + " already exists. Give another path, or overwrite it: export().overwrite(), on the "
            + "command line --mode overwrite.",
        () -> model.toTorch(path.toString()));
    assertEquals("old", Files.readString(path));
    model.export().overwrite().toTorch(path.toString());
    assertEquals(model.mean(), BatchNormModel.fromTorch(path.toString()).mean());
    model.export().overwrite().toTorch(path.toUri().toString());
    assertEquals(List.of("there"), names());
    assertRefused(
        "Path " + folder + " is a folder; expected a file. Give another path.",
        () -> model.export().overwrite().toTorch(folder.toString()));
    assertRefused(
        "path is empty; expected a path. Name the folder of a saved model.",
        () -> model.toTorch(" "));
  }

  /** Hadoop would hold the new file against what it noted of the old one. */
  @Test
  void checksumOfWhatWasThereGoesWithIt() throws IOException {
    BatchNormModel model = stage().fit(table);
    Path path = folder.resolve("there");
    org.apache.hadoop.fs.Path hadoops = new org.apache.hadoop.fs.Path(path.toUri());
    FileSystem local = FileSystem.getLocal(new Configuration());
    local.create(hadoops).close();
    assertEquals(Set.of("there", ".there.crc"), Set.copyOf(names()));
    model.export().overwrite().toTorch(path.toString());
    assertEquals(List.of("there"), names());
    Files.delete(path);
    Files.write(folder.resolve(".there.crc"), new byte[12]);
    model.toTorch(path.toString());
    assertEquals(List.of("there"), names());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static BatchNorm stage() {
    return new BatchNorm().setInputCols("a", "b", "c").setOutputCol("out");
  }

  private String written(BatchNormModel model) throws IOException {
    String path = folder.resolve("layer.safetensors").toString();
    model.export().overwrite().toTorch(path);
    return path;
  }
}
