package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormParams;

/** Fits whose statistics are compared with those of a model; they normalize nothing. */
final class Measurement {
  private Measurement() {}

  /** Returns a stage that reads and counts data as {@code fitted} does, and has no columns yet. */
  static BatchNorm like(BatchNormParams<?> fitted) {
    // With eps = 0 no feature is small against it, so the fit warns of none.
    BatchNorm stage = new BatchNorm().setEps(0);
    fitted.shared().copyReading(stage);
    return stage;
  }
}
