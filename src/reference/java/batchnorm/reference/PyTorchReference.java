package batchnorm.reference;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.bytedeco.pytorch.global.torch;

/**
 * Runs libtorch's {@code BatchNorm1d} and writes what it computed, for the tests to compare with:
 *
 * <pre>mvn -Preference process-test-classes</pre>
 *
 * writes {@code pytorch-batchnorm1d.json}, {@code pytorch-running-statistics.json} and {@code
 * pytorch-exported-layer.json} into {@code src/test/resources/reference}; the README beside them
 * describes the fields. libtorch computes on one thread, so a second run on the same machine gives
 * the same files.
 */
public final class PyTorchReference {
  private static final String COMMAND = "mvn -Preference process-test-classes";
  private static final double DEFAULT_EPS = 1e-5;
  private static final int FEATURES = 10;

  private PyTorchReference() {}

  /** The layout of {@code pytorch-batchnorm1d.json}. */
  record Document(
      String libtorch,
      String javacppPytorch,
      String command,
      String singleRowError,
      List<ReferenceCase> cases) {}

  /** The layout of {@code pytorch-running-statistics.json}. */
  record RunningDocument(
      String libtorch, String javacppPytorch, String command, List<RunningCase> cases) {}

  /** The layout of {@code pytorch-exported-layer.json}. */
  record ExportedDocument(
      String libtorch, String javacppPytorch, String command, List<ExportedCase> cases) {}

  /** Takes the folder to write to as its one argument. */
  public static void main(String[] args) throws IOException {
    torch.set_num_threads(1);
    Path folder = Path.of(args[0]);
    String javacpp = version();
    String libtorch = javacpp.substring(0, javacpp.indexOf('-'));
    write(
        folder.resolve("pytorch-batchnorm1d.json"),
        new Document(libtorch, javacpp, COMMAND, singleRowError(), cases()));
    write(
        folder.resolve("pytorch-running-statistics.json"),
        new RunningDocument(libtorch, javacpp, COMMAND, RunningReference.cases()));
    write(
        folder.resolve("pytorch-exported-layer.json"),
        new ExportedDocument(libtorch, javacpp, COMMAND, ExportedCase.cases()));
  }

  private static void write(Path file, Object document) throws IOException {
    String json = new ObjectMapper().writer(RowPerLine.printer()).writeValueAsString(document);
    Files.writeString(file, json + "\n");
  }

  private static List<ReferenceCase> cases() {
    return List.of(
        defaults("uniform-2-rows", 2),
        defaults("uniform-3-rows", 3),
        defaults("uniform-10-rows", 10),
        defaults("uniform-100-rows", 100),
        largerEps(),
        affine(),
        withoutAffine(),
        constantColumns(),
        constantColumnsAffine(),
        offset(),
        tiny(),
        evaluation());
  }

  private static ReferenceCase defaults(String name, int rows) {
    long seed = rows;
    double[][] input = new RandomTable(seed).rows(rows, FEATURES, 0, 10);
    return ReferenceCase.train(
        name, seed, BatchNormLayer.withDefaultAffine(FEATURES, DEFAULT_EPS), input);
  }

  private static ReferenceCase largerEps() {
    long seed = 201;
    double[][] input = new RandomTable(seed).rows(100, FEATURES, 0, 10);
    return ReferenceCase.train(
        "eps-1e-3", seed, BatchNormLayer.withDefaultAffine(FEATURES, 1e-3), input);
  }

  private static ReferenceCase affine() {
    long seed = 202;
    RandomTable random = new RandomTable(seed);
    double[] weight = random.row(FEATURES, -2, 2);
    double[] bias = random.row(FEATURES, -5, 5);
    double[][] input = random.rows(100, FEATURES, 0, 10);
    return ReferenceCase.train(
        "affine", seed, BatchNormLayer.withAffine(weight, bias, DEFAULT_EPS), input);
  }

  private static ReferenceCase withoutAffine() {
    long seed = 203;
    double[][] input = new RandomTable(seed).rows(100, FEATURES, 0, 10);
    return ReferenceCase.train(
        "affine-false", seed, BatchNormLayer.withoutAffine(FEATURES, DEFAULT_EPS), input);
  }

  private static ReferenceCase constantColumns() {
    long seed = 204;
    return ReferenceCase.train(
        "constant-columns",
        seed,
        BatchNormLayer.withDefaultAffine(5, DEFAULT_EPS),
        constants(seed));
  }

  private static ReferenceCase constantColumnsAffine() {
    long seed = 205;
    double[] weight = {2, 2, 2, 2, 2};
    double[] bias = {0.5, 0.5, 0.5, 0.5, 0.5};
    return ReferenceCase.train(
        "constant-columns-affine",
        seed,
        BatchNormLayer.withAffine(weight, bias, DEFAULT_EPS),
        constants(seed));
  }

  /** Four constants beside one column that varies; 0.1 is no sum of few powers of two. */
  private static double[][] constants(long seed) {
    double[][] result = new RandomTable(seed).rows(10, 5, 0, 10);
    for (double[] row : result) {
      row[0] = 0;
      row[1] = 5;
      row[2] = 0.1;
      row[3] = -1e6;
    }
    return result;
  }

  private static ReferenceCase offset() {
    long seed = 206;
    double[][] input = new RandomTable(seed).rows(50, FEATURES, 1e6, 1e6 + 1);
    return ReferenceCase.train(
        "offset-1e6", seed, BatchNormLayer.withDefaultAffine(FEATURES, DEFAULT_EPS), input);
  }

  /** The variance is below eps, so the outputs are nearly flat. */
  private static ReferenceCase tiny() {
    long seed = 207;
    double[][] input = new RandomTable(seed).rows(50, FEATURES, 0, 1e-4);
    return ReferenceCase.train(
        "tiny-1e-4", seed, BatchNormLayer.withDefaultAffine(FEATURES, DEFAULT_EPS), input);
  }

  private static ReferenceCase evaluation() {
    long seed = 208;
    RandomTable random = new RandomTable(seed);
    double[] weight = random.row(FEATURES, -2, 2);
    double[] bias = random.row(FEATURES, -5, 5);
    double[] mean = random.row(FEATURES, 4, 6);
    double[] variance = random.row(FEATURES, 1, 9);
    double[][] input = random.rows(20, FEATURES, 0, 10);
    BatchNormLayer layer =
        BatchNormLayer.withAffine(weight, bias, 1e-3).runningStatistics(mean, variance);
    return ReferenceCase.evaluate("eval", seed, layer, input);
  }

  /**
   * The first line of libtorch's error for a batch of one row; below it is only its stack trace.
   */
  private static String singleRowError() {
    double[][] oneRow = new RandomTable(1).rows(1, FEATURES, 0, 10);
    try {
      BatchNormLayer.withDefaultAffine(FEATURES, DEFAULT_EPS).train(oneRow);
    } catch (RuntimeException error) {
      return error.getMessage().lines().findFirst().orElseThrow();
    }
    throw new IllegalStateException("libtorch accepted a batch of one row");
  }

  /** As Maven wrote it into the jar that runs: libtorch's version, a dash, JavaCPP's. */
  private static String version() throws IOException {
    String resource = "/META-INF/maven/org.bytedeco/pytorch/pom.properties";
    Properties properties = new Properties();
    try (InputStream in = torch.class.getResourceAsStream(resource)) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }
}
