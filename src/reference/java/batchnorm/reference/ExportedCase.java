package batchnorm.reference;

import batchnorm.spark.export.Dtype;
import batchnorm.spark.export.SingleFile;
import batchnorm.spark.export.TorchFile;
import batchnorm.spark.export.TorchLayer;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * A model of known statistics, the layer that its safetensors file makes, and what libtorch
 * computes with it in eval mode.
 */
record ExportedCase(
    String name,
    boolean withMean,
    boolean withStd,
    double eps,
    double[] mean,
    double[] variance,
    double[] gamma,
    double[] beta,
    double layerEps,
    double[] runningMean,
    double[] runningVar,
    double[] weight,
    double[] bias,
    double[][] input,
    double[][] output) {

  /** Around 0; constant, no sum of few powers of two; far off; epoch seconds; below eps. */
  private static final double[] MEAN = {0.5, 0.1, 1e9, 1.7e9, 1e-4};

  private static final double[] VARIANCE = {4, 0, 1, 6.2e8, 1e-8};
  private static final double[] GAMMA = {1.5, 2, -1, 0.25, 3};
  private static final double[] BETA = {0, 0.5, 10, -3, 0.1};

  static List<ExportedCase> cases() throws IOException {
    return List.of(
        of("exported", 401, true, true, 1e-5),
        of("exported-eps-0", 402, true, true, 0),
        of("exported-without-mean", 403, false, true, 1e-3),
        of("exported-without-std", 404, true, false, 2));
  }

  private static ExportedCase of(
      String name, long seed, boolean withMean, boolean withStd, double eps) throws IOException {
    Recipe recipe = new Recipe(withMean, withStd, eps, 0, Optional.of(GAMMA), Optional.of(BETA));
    TorchLayer layer = written(recipe);
    double[][] input = new RandomTable(seed).rows(10, MEAN.length, -2, 2);
    for (double[] row : input) {
      for (int j = 0; j < row.length; j++) {
        row[j] = MEAN[j] + Math.sqrt(VARIANCE[j]) * row[j];
      }
    }
    double[][] output =
        BatchNormLayer.withAffine(
                layer.weight().orElseThrow(), layer.bias().orElseThrow(), layer.eps())
            .runningStatistics(layer.mean(), layer.variance())
            .evaluate(input);
    return new ExportedCase(
        name,
        withMean,
        withStd,
        eps,
        MEAN,
        VARIANCE,
        GAMMA,
        BETA,
        layer.eps(),
        layer.mean(),
        layer.variance(),
        layer.weight().orElseThrow(),
        layer.bias().orElseThrow(),
        input,
        output);
  }

  /** The layer as a file has it. */
  private static TorchLayer written(Recipe recipe) throws IOException {
    TorchLayer layer =
        TorchLayer.of(
            Statistics.known(MEAN, VARIANCE),
            recipe,
            0,
            TorchLayer.Momentum.UNKNOWN,
            Optional.empty());
    String[] features =
        IntStream.range(0, MEAN.length).mapToObj(Integer::toString).toArray(String[]::new);
    Path file = Files.createTempFile("layer", ".safetensors");
    try {
      Files.write(file, TorchFile.bytes(layer, Dtype.FLOAT64, features));
      return TorchFile.read(new SingleFile(file.toString(), new Configuration()));
    } finally {
      Files.delete(file);
    }
  }
}
