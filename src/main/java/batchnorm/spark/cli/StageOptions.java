package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The parameters of {@link BatchNorm}, by their names; those not given keep its defaults. */
final class StageOptions {
  @Option(
      names = "--eps",
      paramLabel = "NUMBER",
      description = "Added to the variance, in squared units of the column (default: 0).")
  private Double eps;

  @Option(
      names = "--correction",
      paramLabel = "0|1",
      description = "The variance's divisor is n - correction (default: 0).")
  private Integer correction;

  @Option(
      names = "--handle-invalid",
      paramLabel = "error|skip|keep",
      description =
          "What to do about null, NaN and infinite values: refuse the data, drop such rows, or "
              + "leave such values out of the statistics and keep them missing (default: error).")
  private String handleInvalid;

  @Option(
      names = "--weight-column",
      paramLabel = "NAME",
      description = "Weights of the rows, as frequencies (default: each row weighs 1).")
  private String weightColumn;

  @Option(
      names = "--with-mean",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether the mean is subtracted (default: true).")
  private Boolean withMean;

  @Option(
      names = "--with-std",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether to divide by sqrt(variance + eps) (default: true).")
  private Boolean withStd;

  @Option(
      names = "--gamma",
      paramLabel = "NUMBERS",
      split = ",",
      hideParamSyntax = true,
      description =
          "The factor of each column after normalizing, PyTorch's weight, separated by commas "
              + "(default: 1).")
  private double[] gamma;

  @Option(
      names = "--beta",
      paramLabel = "NUMBERS",
      split = ",",
      hideParamSyntax = true,
      description = "The summand of each column, PyTorch's bias, separated by commas (default: 0).")
  private double[] beta;

  @Option(
      names = "--aggregation-depth",
      paramLabel = "NUMBER",
      description = "The depth of the tree in which partitions are merged (default: 2).")
  private Integer aggregationDepth;

  @Option(
      names = "--max-slice-bytes",
      paramLabel = "NUMBER",
      description =
          "How many bytes of sums one task merges where features are very many (default: 16 MiB, "
              + "16777216).")
  private Integer maxSliceBytes;

  /** Returns a stage with these parameters and no columns yet. */
  BatchNorm stage() {
    BatchNorm stage = new BatchNorm();
    Optional.ofNullable(eps).ifPresent(stage::setEps);
    Optional.ofNullable(correction).ifPresent(stage::setCorrection);
    Optional.ofNullable(handleInvalid).ifPresent(stage::setHandleInvalid);
    Optional.ofNullable(weightColumn).ifPresent(stage::setWeightCol);
    Optional.ofNullable(withMean).ifPresent(stage::setWithMean);
    Optional.ofNullable(withStd).ifPresent(stage::setWithStd);
    Optional.ofNullable(gamma).ifPresent(stage::setGamma);
    Optional.ofNullable(beta).ifPresent(stage::setBeta);
    Optional.ofNullable(aggregationDepth).ifPresent(stage::setAggregationDepth);
    Optional.ofNullable(maxSliceBytes).ifPresent(stage::setMaxSliceBytes);
    return stage;
  }

  /** Keeps missing values unless the user says otherwise: a description should count them. */
  void orKeepInvalid() {
    handleInvalid = Optional.ofNullable(handleInvalid).orElse("keep");
  }
}
