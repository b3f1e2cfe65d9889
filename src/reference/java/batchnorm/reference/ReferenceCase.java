package batchnorm.reference;

/**
 * One call of the layer: what went in, what came out.
 *
 * <p>{@code runningMean} and {@code runningVar} are the statistics after the call: those of the
 * batch in mode {@code train}, the ones given in mode {@code eval}. {@code weight} and {@code bias}
 * are null in a layer without them. The inputs derive from {@code seed}, but are stored so that
 * nobody needs to draw them again.
 */
record ReferenceCase(
    String name,
    String mode,
    int rows,
    int features,
    double eps,
    double momentum,
    long seed,
    double[] weight,
    double[] bias,
    double[] runningMean,
    double[] runningVar,
    double[][] input,
    double[][] output) {

  static ReferenceCase train(String name, long seed, BatchNormLayer layer, double[][] input) {
    return of(name, "train", seed, layer, input, layer.train(input));
  }

  static ReferenceCase evaluate(String name, long seed, BatchNormLayer layer, double[][] input) {
    return of(name, "eval", seed, layer, input, layer.evaluate(input));
  }

  private static ReferenceCase of(
      String name,
      String mode,
      long seed,
      BatchNormLayer layer,
      double[][] input,
      double[][] output) {
    return new ReferenceCase(
        name,
        mode,
        input.length,
        input[0].length,
        layer.eps(),
        BatchNormLayer.MOMENTUM,
        seed,
        layer.weight(),
        layer.bias(),
        layer.runningMean(),
        layer.runningVar(),
        input,
        output);
  }
}
