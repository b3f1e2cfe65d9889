package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.TransformOutput;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.sql.types.StructType;

/**
 * Params of one stage, and settings that follow from several of them. A stage creates them after it
 * has set its uid, because Spark reads the uid when a param is created (SPARK-15605).
 */
public final class SharedParams extends ParamTable {
  private static final long serialVersionUID = 1L;
  private static final int MIB = 1 << 20;

  final Param<String> inputCol =
      notShown(column("inputCol", "column to read: a vector, array<double|float> or one number"));

  final StringArrayParam inputCols = notShown(columns("inputCols", "numeric columns to read"));

  final Param<String> outputCol = notShown(column("outputCol", "column to write"));

  final StringArrayParam outputCols =
      notShown(
          columns(
              "outputCols",
              "columns to write, one for each of inputCols; may be the same columns"));

  final BooleanParam withMean =
      alwaysShown(
          "Mean",
          yes -> (boolean) yes ? null : "not subtracted",
          logical("withMean", "whether to subtract the mean", true));

  final BooleanParam withStd =
      alwaysShown(
          "Standard deviation",
          yes -> (boolean) yes ? null : "not divided by",
          logical("withStd", "whether to divide by sqrt(variance + eps)", true));

  final DoubleParam eps =
      alwaysShown(
          "eps",
          value -> value,
          number(
              "eps",
              "number added to the variance, in squared units of the column (>= 0)",
              0,
              value -> requireAtLeastZero("eps", value)));

  final IntParam correction =
      alwaysShown(
          "Variance divided by",
          value -> (int) value == 0 ? "n" : "n − 1",
          ofReading(
              whole(
                  "correction",
                  "subtracted from n in the variance's divisor: 0 (population) or 1 (sample)",
                  0,
                  SharedParams::requireCorrection)));

  final DoubleArrayParam gamma =
      shown(
          "gamma",
          values -> "one for each feature",
          numbers(
              "gamma",
              "factor of each feature after normalizing, PyTorch's weight; 1 if not set",
              value -> requireFinite("gamma", value)));

  final DoubleArrayParam beta =
      shown(
          "beta",
          values -> "one for each feature",
          numbers(
              "beta",
              "summand of each feature after normalizing, PyTorch's bias; 0 if not set",
              value -> requireFinite("beta", value)));

  /** Null for an estimator. */
  final BooleanParam inverted =
      isModel()
          ? notShown(
              logical(
                  "inverted", "whether normalized values are mapped back; set by inverse()", false))
          : null;

  final Param<String> handleInvalid =
      alwaysShown(
          "Missing values",
          value -> value.equals(HandleInvalid.ERROR.text()) ? "refused" : value,
          ofReading(
              choice(
                  "handleInvalid",
                  "treatment of null, NaN and infinite values: error, skip (drop such rows) or "
                      + "keep (exclude such values from the statistics and keep them in the "
                      + "output)",
                  HandleInvalid.ERROR)));

  final Param<String> weightCol =
      shown(
          "Weights",
          value -> value,
          ofReading(column("weightCol", "weight column: a row of weight 3 counts as three rows")));

  final IntParam aggregationDepth =
      ofReading(
          withoutEffect(
              whole(
                  "aggregationDepth",
                  "depth of the tree in which partitions are merged (>= 1)",
                  2,
                  SharedParams::requireDepth)));

  final IntParam maxSliceBytes =
      ofReading(
          withoutEffect(
              whole(
                  "maxSliceBytes",
                  "maximum bytes of sums that one task merges; wider rows are reduced in "
                      + "slices (>= 1 MiB)",
                  16 * MIB,
                  SharedParams::requireSlice)));

  final Param<String> runningStatistics =
      alwaysShown(
          "Running statistics",
          value -> runningMode() == RunningMode.POOLED ? null : value,
          choice(
              "runningStatistics",
              "kind of statistics: pooled (of all rows together), exponential (each fit and "
                  + "update has the weight momentum) or cumulative (the plain average of the "
                  + "batches' statistics)",
              RunningMode.POOLED));

  final DoubleParam momentum =
      shown(
          "Momentum",
          () -> runningMode() == RunningMode.EXPONENTIAL,
          value -> value,
          withoutEffect(
              number(
                  "momentum",
                  "weight of a new batch in exponential running statistics, from 0 to 1, as in "
                      + "PyTorch",
                  0.1,
                  SharedParams::requireMomentum)));

  final StringArrayParam groupCols =
      shown(
          "Groups",
          names -> String.join(", ", names),
          notExported(
              columns(
                  "groupCols",
                  "group columns: rows with equal values are normalized by statistics of "
                      + "their own; null is a value like any other")));

  final Param<String> unseenGroup =
      notExported(
          choice(
              "unseenGroup",
              "treatment of groups that are not in the fitted data: error, global (use the "
                  + "statistics of all rows) or null (write null)",
              UnseenGroup.ERROR));

  final Param<String> smallGroup =
      notExported(
          choice(
              "smallGroup",
              "treatment of groups with too few rows for a variance: error, global (use the "
                  + "statistics of all rows) or unit (use mean 0 and variance 1)",
              SmallGroup.GLOBAL));

  /** Null for an estimator. */
  final Param<String> output =
      isModel()
          ? notExported(
              withoutEffect(
                  choice(
                      "output",
                      "result of a transform: normalized data, the summary or the statistics "
                          + "of the model",
                      TransformOutput.NORMALIZED)))
          : null;

  /** Null for a model. */
  final Param<String> initialModel =
      isModel()
          ? null
          : text(
              "initialModel",
              "path of a fitted model of the same columns, whose statistics the fit continues",
              value -> requirePath("initialModel", value));

  SharedParams(Params stage) {
    super(stage);
    stage.setDefault(outputCol, stage.uid() + "__output");
  }

  private boolean isModel() {
    return stage() instanceof Model<?>;
  }

  /** The columns that the stage reads and writes. */
  ColumnNames columnNames() {
    return ColumnNames.of(
        ifSet(inputCol), ifSet(inputCols), ifSet(outputCol), ifSet(outputCols), value(outputCol));
  }

  /** Returns the parameters of the formula for {@code features} features. */
  Recipe recipe(int features) {
    return new Recipe(
        withMean(),
        withStd(),
        eps(),
        correction(),
        ifSet(gamma).map(values -> requireLength("gamma", values, features)),
        ifSet(beta).map(values -> requireLength("beta", values, features)));
  }

  /** The weight column, if there is one. */
  Optional<String> weightColumn() {
    return ifSet(weightCol);
  }

  /** The number of features according to gamma or beta; 1 if neither is set. */
  int featuresOfGammaOrBeta() {
    return ifSet(gamma).or(() -> ifSet(beta)).map(values -> values.length).orElse(1);
  }

  /** Requires that the set params are consistent. */
  void requireConsistent() {
    requireMomentumToCount();
    if (ifSet(groupCols).isPresent() && runningMode() != RunningMode.POOLED) {
      throw ParamErrors.runningStatisticsOfGroups(runningMode().text());
    }
  }

  /** The group columns of {@code schema}, if the stage has any. */
  Optional<GroupColumns> groupColumns(StructType schema) {
    return stage().isSet(groupCols)
        ? Optional.of(GroupColumns.of(schema, value(groupCols), columnNames(), weightColumn()))
        : Optional.empty();
  }

  boolean withMean() {
    return value(withMean);
  }

  boolean withStd() {
    return value(withStd);
  }

  double eps() {
    return value(eps);
  }

  int correction() {
    return value(correction);
  }

  double momentum() {
    return value(momentum);
  }

  int aggregationDepth() {
    return value(aggregationDepth);
  }

  int maxSliceBytes() {
    return value(maxSliceBytes);
  }

  RunningMode runningMode() {
    return Choice.of(RunningMode.class, value(runningStatistics));
  }

  HandleInvalid handling() {
    return Choice.of(HandleInvalid.class, value(handleInvalid));
  }

  SmallGroup smallGroup() {
    return Choice.of(SmallGroup.class, value(smallGroup));
  }

  UnseenGroup unseenGroup() {
    return Choice.of(UnseenGroup.class, value(unseenGroup));
  }

  /** Returns the selected result of a model's transform. */
  TransformOutput output() {
    return Choice.of(TransformOutput.class, value(output));
  }

  /** Returns whether a model maps normalized values back. */
  boolean isInverted() {
    return value(inverted);
  }

  private void requireMomentumToCount() {
    if (ifSet(momentum).isPresent() && runningMode() != RunningMode.EXPONENTIAL) {
      throw ParamErrors.momentumWithoutExponential(runningMode().text());
    }
  }

  private static double[] requireLength(String param, double[] values, int features) {
    if (values.length != features) {
      throw ParamErrors.wrongLength(param, values.length, features);
    }
    return values;
  }

  private Param<String> column(String name, String doc) {
    return text(name, doc, value -> requireNames(name, value));
  }

  private StringArrayParam columns(String name, String doc) {
    return texts(name, doc, value -> requireNames(name, value));
  }

  private static void requireNames(String param, String... names) {
    if (names == null || Arrays.asList(names).contains(null)) {
      throw ParamErrors.nullParameter(param);
    }
    if (Arrays.asList(names).contains("")) {
      throw ParamErrors.emptyName(param);
    }
  }

  /** Requires a path as the argument of a method. */
  static void requirePath(String path) {
    if (path == null) {
      throw ParamErrors.nullArgument("path");
    }
    if (path.isBlank()) {
      throw ParamErrors.emptyPath();
    }
  }

  private static void requirePath(String param, String path) {
    if (path == null) {
      throw ParamErrors.nullParameter(param);
    }
    if (path.isBlank()) {
      throw ParamErrors.emptyPath(param);
    }
  }

  private static void requireDepth(int value) {
    if (value < 1) {
      throw ParamErrors.invalidAggregationDepth(value);
    }
  }

  private static void requireSlice(int value) {
    if (value < MIB) {
      throw ParamErrors.invalidMaxSliceBytes(value);
    }
  }

  private static void requireMomentum(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw ParamErrors.invalidMomentum(value);
    }
  }

  private static void requireAtLeastZero(String param, double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw ParamErrors.notAtLeastZero(param, value);
    }
  }

  private static void requireCorrection(int value) {
    if (value != 0 && value != 1) {
      throw ParamErrors.invalidCorrection(value);
    }
  }

  private static void requireFinite(String param, double[] values) {
    if (values == null) {
      throw ParamErrors.nullParameter(param);
    }
    for (int i = 0; i < values.length; i++) {
      if (!(Math.abs(values[i]) <= Double.MAX_VALUE)) {
        throw ParamErrors.notFinite(param, i, values[i]);
      }
    }
  }
}
