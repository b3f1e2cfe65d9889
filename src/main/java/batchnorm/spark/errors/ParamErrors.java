package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.INVALID_PARAMETER;
import static batchnorm.spark.errors.ErrorText.error;

import java.util.List;

/** Errors in the values of parameters. */
public final class ParamErrors {
  private ParamErrors() {}

  public static BatchNormException nullParameter(String param) {
    return error(
        INVALID_PARAMETER,
        "{" + param + "} is null; expected a value. Clear the parameter to leave it unset.");
  }

  /** An argument of a method, which is no param and has no option on the command line. */
  public static BatchNormException nullArgument(String name) {
    return error(INVALID_PARAMETER, "%s is null; expected a value. Give one.", name);
  }

  public static BatchNormException emptyName(String param) {
    return error(
        INVALID_PARAMETER,
        "{"
            + param
            + "} names a column without a name; expected a name of one character or more. Rename the "
            + "column first.");
  }

  public static BatchNormException notAtLeastZero(String param, double found) {
    return error(
        INVALID_PARAMETER,
        "{"
            + param
            + "} is %s; expected a finite number of at least 0. Set {"
            + param
            + "} to 0 or more.",
        found);
  }

  public static BatchNormException invalidCorrection(int found) {
    return error(
        INVALID_PARAMETER,
        "{correction} is %d; expected 0 (divide by n) or 1 (divide by n - 1). Set one of them.",
        found);
  }

  public static BatchNormException invalidMaxSliceBytes(int found) {
    return error(
        INVALID_PARAMETER,
        "{maxSliceBytes} is %d; expected at least 1048576 (1 MiB). Leave it at 16777216, or set less"
            + " where executors have little memory.",
        found);
  }

  public static BatchNormException invalidAggregationDepth(int found) {
    return error(
        INVALID_PARAMETER,
        "{aggregationDepth} is %d; expected at least 1. Set 2, or more for very many partitions.",
        found);
  }

  public static BatchNormException invalidMomentum(double found) {
    return error(
        INVALID_PARAMETER,
        "{momentum} is %s; expected the weight of a new batch, from 0 to 1. Set 0.1, as "
            + "PyTorch does.",
        found);
  }

  public static BatchNormException invalidChoice(String param, String found, List<String> allowed) {
    List<String> quoted = allowed.stream().map(text -> "'" + text + "'").toList();
    int last = quoted.size() - 1;
    return error(
        INVALID_PARAMETER,
        "{" + param + "} is '%s'; expected %s or %s. Set one of them.",
        found,
        String.join(", ", quoted.subList(0, last)),
        quoted.get(last));
  }

  public static BatchNormException notFinite(String param, int index, double found) {
    return error(
        INVALID_PARAMETER,
        "{" + param + "}[%d] is %s; expected finite numbers. Replace it by a finite number.",
        index,
        found);
  }

  public static BatchNormException notANumber(String param, int index, String found) {
    return error(
        INVALID_PARAMETER,
        "{" + param + "}[%d] is %s; expected numbers. Replace it by a finite number.",
        index,
        found);
  }

  public static BatchNormException wrongLength(String param, int found, int features) {
    return error(
        INVALID_PARAMETER,
        "{"
            + param
            + "} has %d values and the data has %d features; expected one value per feature. Set {"
            + param
            + "} to "
            + "%d values.",
        found,
        features,
        features);
  }

  public static BatchNormException momentumWithoutExponential(String mode) {
    return error(
        INVALID_PARAMETER,
        "{momentum} is set and {runningStatistics} is '%s'; {momentum} goes with 'exponential'. "
            + "{Set runningStatistics=exponential}, or {clear momentum}.",
        mode);
  }

  public static BatchNormException emptyPath(String param) {
    return error(
        INVALID_PARAMETER,
        "{" + param + "} is empty; expected a path. Name the folder of a saved model.");
  }

  /** A path that is the argument of a method. */
  public static BatchNormException emptyPath() {
    return error(
        INVALID_PARAMETER, "path is empty; expected a path. Name the folder of a saved model.");
  }

  public static BatchNormException runningStatisticsOfGroups(String mode) {
    return error(
        INVALID_PARAMETER,
        "{groupCols} is set and {runningStatistics} is '%s'; groups have pooled statistics. "
            + "{Set runningStatistics=pooled}, or {clear groupCols}.",
        mode);
  }
}
