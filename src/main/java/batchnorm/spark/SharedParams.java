package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.moments.HandleInvalid;
import batchnorm.spark.moments.Recipe;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/**
 * The params of one stage and what they say together. A stage makes them after it has set its uid,
 * because Spark asks for the uid while a param is made (SPARK-15605).
 */
public final class SharedParams implements Serializable {
  private static final long serialVersionUID = 1L;

  final Param<String> inputCol;
  final StringArrayParam inputCols;
  final Param<String> outputCol;
  final StringArrayParam outputCols;
  final BooleanParam withMean;
  final BooleanParam withStd;
  final DoubleParam eps;
  final IntParam correction;
  final DoubleArrayParam gamma;
  final DoubleArrayParam beta;
  final Param<String> handleInvalid;

  private final BatchNormParams<?> stage;

  SharedParams(BatchNormParams<?> stage) {
    this.stage = stage;
    inputCol =
        new Param<>(
            stage,
            "inputCol",
            "column to read: a vector, array<double|float> or one number",
            valid(value -> requireNames("inputCol", (String) value)));
    inputCols =
        new StringArrayParam(
            stage,
            "inputCols",
            "numeric columns to read",
            valid(value -> requireNames("inputCols", (String[]) value)));
    outputCol =
        new Param<>(
            stage,
            "outputCol",
            "column to write",
            valid(value -> requireNames("outputCol", (String) value)));
    outputCols =
        new StringArrayParam(
            stage,
            "outputCols",
            "columns to write, one for each of inputCols; may equal them",
            valid(value -> requireNames("outputCols", (String[]) value)));
    withMean = new BooleanParam(stage, "withMean", "whether to subtract the mean");
    withStd = new BooleanParam(stage, "withStd", "whether to divide by sqrt(variance + eps)");
    eps =
        new DoubleParam(
            stage,
            "eps",
            "number added to the variance, in its units (>= 0)",
            valid(value -> requireEps((double) value)));
    correction =
        new IntParam(
            stage,
            "correction",
            "what the variance's divisor is less than n by: 0 (population) or 1 (sample)",
            valid(value -> requireCorrection((int) value)));
    gamma =
        new DoubleArrayParam(
            stage,
            "gamma",
            "factor of each feature after normalizing, PyTorch's weight",
            valid(value -> requireFinite("gamma", (double[]) value)));
    beta =
        new DoubleArrayParam(
            stage,
            "beta",
            "summand of each feature after normalizing, PyTorch's bias",
            valid(value -> requireFinite("beta", (double[]) value)));
    handleInvalid =
        new Param<>(
            stage,
            "handleInvalid",
            "what to do about null, NaN and infinite values: error, skip (drop the row) or keep",
            valid(value -> HandleInvalid.of((String) value)));
  }

  /** Sets the defaults of the stage these params belong to. */
  void setDefaults() {
    stage.setDefault(outputCol, stage.uid() + "__output");
    stage.setDefault(withMean, true);
    stage.setDefault(withStd, true);
    stage.setDefault(eps, 1e-5);
    stage.setDefault(correction, 0);
    stage.setDefault(handleInvalid, HandleInvalid.ERROR.text());
  }

  /** The columns that the stage reads and writes. */
  ColumnNames columnNames() {
    return ColumnNames.of(
        ifSet(inputCol),
        ifSet(inputCols),
        ifSet(outputCol),
        ifSet(outputCols),
        stage.getOutputCol());
  }

  /** What to make of the statistics of {@code features} features. */
  Recipe recipe(int features) {
    return new Recipe(
        stage.getWithMean(),
        stage.getWithStd(),
        stage.getEps(),
        stage.getCorrection(),
        ifSet(gamma).map(values -> requireLength("gamma", values, features)),
        ifSet(beta).map(values -> requireLength("beta", values, features)));
  }

  HandleInvalid handling() {
    return HandleInvalid.of(stage.getHandleInvalid());
  }

  private <T> Optional<T> ifSet(Param<T> param) {
    return stage.isSet(param) ? Optional.of(stage.getOrDefault(param)) : Optional.empty();
  }

  private static double[] requireLength(String param, double[] values, int features) {
    if (values.length != features) {
      throw Errors.wrongLength(param, values.length, features);
    }
    return values;
  }

  interface Check extends Serializable {
    void check(Object value);
  }

  /** Spark's own message for an invalid value says neither what was expected nor what to do. */
  static <T> Function1<T, Object> valid(Check check) {
    return (Function1<T, Object> & Serializable)
        value -> {
          check.check(value);
          return true;
        };
  }

  static void requireNames(String param, String... names) {
    if (names == null || Arrays.asList(names).contains(null)) {
      throw Errors.nullParameter(param);
    }
    if (Arrays.asList(names).contains("")) {
      throw Errors.emptyName(param);
    }
  }

  private static void requireEps(double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw Errors.invalidEps(value);
    }
  }

  private static void requireCorrection(int value) {
    if (value != 0 && value != 1) {
      throw Errors.invalidCorrection(value);
    }
  }

  private static void requireFinite(String param, double[] values) {
    if (values == null) {
      throw Errors.nullParameter(param);
    }
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(values[i]) <= Double.MAX_VALUE)) {
        throw Errors.notFinite(param, i, values[i]);
      }
    }
  }
}
