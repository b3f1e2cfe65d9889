package batchnorm.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A sequence of training steps of one layer, and what it keeps and computes after each.
 *
 * <p>{@code momentum} is null where the layer averages plainly (PyTorch's {@code momentum=None}).
 * {@code evaluated} are the rows that go through the layer in eval mode after every batch.
 */
record RunningCase(
    String name,
    int features,
    double eps,
    Double momentum,
    long seed,
    double[] weight,
    double[] bias,
    double[][] evaluated,
    List<Batch> batches) {

  /**
   * A training step: the batch, the running statistics after it, and what eval mode then makes of
   * the case's rows.
   */
  record Batch(
      int rows,
      long numBatchesTracked,
      double[] runningMean,
      double[] runningVar,
      double[][] input,
      double[][] output) {}

  static RunningCase of(
      String name,
      OptionalDouble momentum,
      long seed,
      BatchNormLayer layer,
      double[][] evaluated,
      List<double[][]> inputs) {
    List<Batch> batches = new ArrayList<>();
    for (double[][] input : inputs) {
      layer.train(input);
      batches.add(
          new Batch(
              input.length,
              layer.numBatchesTracked(),
              layer.runningMean(),
              layer.runningVar(),
              input,
              layer.evaluate(evaluated)));
    }
    return new RunningCase(
        name,
        evaluated[0].length,
        layer.eps(),
        momentum.isPresent() ? momentum.getAsDouble() : null,
        seed,
        layer.weight(),
        layer.bias(),
        evaluated,
        batches);
  }
}
