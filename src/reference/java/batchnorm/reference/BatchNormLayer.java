package batchnorm.reference;

import java.util.OptionalDouble;
import org.bytedeco.pytorch.BatchNorm1dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * libtorch's {@code BatchNorm1d} in float64, on arrays of rows.
 *
 * <p>Unless told otherwise its momentum is 1, so one training step leaves the running statistics of
 * that batch alone: its mean, and its variance with divisor n - 1.
 */
final class BatchNormLayer {
  static final double MOMENTUM = 1;

  private final BatchNorm1dImpl layer;
  private final boolean affine;

  private BatchNormLayer(int features, double eps, OptionalDouble momentum, boolean affine) {
    BatchNormOptions options = new BatchNormOptions(features);
    options.eps().put(eps);
    options.momentum().reset();
    momentum.ifPresent(options.momentum()::put);
    options.affine().put(affine);
    this.layer = new BatchNorm1dImpl(options);
    this.affine = affine;
    layer.to(ScalarType.Double, false);
    if (layer.options().momentum().has_value() != momentum.isPresent()) {
      throw new IllegalStateException("libtorch did not take the momentum " + momentum);
    }
  }

  /** A layer as libtorch makes it: weight 1, bias 0. */
  static BatchNormLayer withDefaultAffine(int features, double eps) {
    return new BatchNormLayer(features, eps, OptionalDouble.of(MOMENTUM), true);
  }

  /** A layer that has neither weight nor bias ({@code affine=false}). */
  static BatchNormLayer withoutAffine(int features, double eps) {
    return new BatchNormLayer(features, eps, OptionalDouble.of(MOMENTUM), false);
  }

  static BatchNormLayer withAffine(double[] weight, double[] bias, double eps) {
    return withDefaultAffine(weight.length, eps).affine(weight, bias);
  }

  /** A layer that keeps running statistics; without a momentum it averages the batches' plainly. */
  static BatchNormLayer withMomentum(
      double[] weight, double[] bias, double eps, OptionalDouble momentum) {
    return new BatchNormLayer(weight.length, eps, momentum, true).affine(weight, bias);
  }

  private BatchNormLayer affine(double[] weight, double[] bias) {
    assign(layer.weight(), weight);
    assign(layer.bias(), bias);
    return this;
  }

  BatchNormLayer runningStatistics(double[] mean, double[] variance) {
    assign(layer.running_mean(), mean);
    assign(layer.running_var(), variance);
    return this;
  }

  /** Normalizes a batch with its own statistics and moves the running ones towards them. */
  double[][] train(double[][] rows) {
    layer.train(true);
    return forward(rows);
  }

  /** Normalizes rows with the running statistics. */
  double[][] evaluate(double[][] rows) {
    layer.eval();
    return forward(rows);
  }

  double eps() {
    return layer.options().eps().get();
  }

  /** Null without affine parameters. */
  double[] weight() {
    return affine ? values(layer.weight()) : null;
  }

  /** Null without affine parameters. */
  double[] bias() {
    return affine ? values(layer.bias()) : null;
  }

  double[] runningMean() {
    return values(layer.running_mean());
  }

  double[] runningVar() {
    return values(layer.running_var());
  }

  long numBatchesTracked() {
    return layer.num_batches_tracked().item_long();
  }

  private double[][] forward(double[][] rows) {
    int features = rows[0].length;
    double[] flat = new double[rows.length * features];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * features, features);
    }
    double[] normalized = values(layer.forward(Tensor.create(flat, rows.length, features)));
    double[][] result = new double[rows.length][features];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(normalized, i * features, result[i], 0, features);
    }
    return result;
  }

  private static void assign(Tensor target, double[] values) {
    target.detach().copy_(Tensor.create(values)); // autograd forbids writing to a parameter itself
  }

  private static double[] values(Tensor tensor) {
    // JavaCPP makes a new enum object for each call; intern() gives the constant.
    if (tensor.scalar_type().intern() != ScalarType.Double) {
      throw new IllegalStateException("Expected float64, libtorch gave " + tensor.scalar_type());
    }
    double[] result = new double[Math.toIntExact(tensor.numel())];
    tensor.contiguous().data_ptr_double().get(result);
    return result;
  }
}
