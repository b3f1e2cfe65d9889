package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.compat.RunningSpark;
import batchnorm.spark.compat.TextParam;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.fit.Fit;
import batchnorm.spark.fit.GroupFit;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.UnseenGroup;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/**
 * The params of one stage and what they say together. A stage makes them after it has set its uid,
 * because Spark asks for the uid while a param is made (SPARK-15605).
 */
public final class SharedParams implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MIB = 1 << 20;

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
  final Param<String> weightCol;
  final IntParam aggregationDepth;
  final IntParam maxSliceBytes;
  final Param<String> runningStatistics;
  final DoubleParam momentum;
  final StringArrayParam groupCols;
  final Param<String> unseenGroup;
  final Param<String> smallGroup;

  private final BatchNormParams<?> stage;

  SharedParams(BatchNormParams<?> stage) {
    RunningSpark.requireOwn();
    this.stage = stage;
    inputCol =
        TextParam.of(
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
        TextParam.of(
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
        TextParam.of(
            stage,
            "handleInvalid",
            "what to do about null, NaN and infinite values: error, skip (drop the row) or keep",
            valid(value -> requireChoice(HandleInvalid.class, "handleInvalid", (String) value)));
    weightCol =
        TextParam.of(
            stage,
            "weightCol",
            "column of the rows' weights, as frequencies",
            valid(value -> requireNames("weightCol", (String) value)));
    aggregationDepth =
        new IntParam(
            stage,
            "aggregationDepth",
            "depth of the tree in which partitions are merged (>= 1)",
            valid(value -> requireDepth((int) value)));
    maxSliceBytes =
        new IntParam(
            stage,
            "maxSliceBytes",
            "bytes of sums that are merged by one task where features are very many (>= 1 MiB)",
            valid(value -> requireSlice((int) value)));
    runningStatistics =
        TextParam.of(
            stage,
            "runningStatistics",
            "which statistics fits and updates keep: pooled, exponential or cumulative",
            valid(value -> requireChoice(RunningMode.class, "runningStatistics", (String) value)));
    momentum =
        new DoubleParam(
            stage,
            "momentum",
            "what a new batch weighs in exponential running statistics (0 to 1)",
            valid(value -> requireMomentum((double) value)));
    groupCols =
        new StringArrayParam(
            stage,
            "groupCols",
            "columns whose values make the groups, each with statistics of its own",
            valid(value -> requireNames("groupCols", (String[]) value)));
    unseenGroup =
        TextParam.of(
            stage,
            "unseenGroup",
            "what to do about groups that were not fitted on: error, global or null",
            valid(value -> requireChoice(UnseenGroup.class, "unseenGroup", (String) value)));
    smallGroup =
        TextParam.of(
            stage,
            "smallGroup",
            "what to do about groups of fewer than two rows: error, global or unit",
            valid(value -> requireChoice(SmallGroup.class, "smallGroup", (String) value)));
  }

  /** Sets the defaults of the stage these params belong to. */
  void setDefaults() {
    stage.setDefault(outputCol, stage.uid() + "__output");
    stage.setDefault(withMean, true);
    stage.setDefault(withStd, true);
    stage.setDefault(eps, 0.0);
    stage.setDefault(correction, 0);
    stage.setDefault(handleInvalid, HandleInvalid.ERROR.text());
    stage.setDefault(aggregationDepth, 2);
    stage.setDefault(maxSliceBytes, 16 * MIB);
    stage.setDefault(runningStatistics, RunningMode.POOLED.text());
    stage.setDefault(momentum, 0.1);
    stage.setDefault(unseenGroup, UnseenGroup.ERROR.text());
    stage.setDefault(smallGroup, SmallGroup.GLOBAL.text());
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

  /** The column of the rows' weights, if they have any. */
  Optional<String> weightColumn() {
    return ifSet(weightCol);
  }

  /** The number of features as far as gamma or beta tells it, or else 1. */
  int featuresSaid() {
    return ifSet(gamma).or(() -> ifSet(beta)).map(values -> values.length).orElse(1);
  }

  /** Requires that params that are set go together. */
  void requireConsistent() {
    requireMomentumToCount();
    if (stage.isSet(groupCols) && runningMode() != RunningMode.POOLED) {
      throw Errors.runningStatisticsOfGroups(runningMode().text());
    }
  }

  /** Prepares a fit on {@code features}. */
  Fit fit(FeatureColumns features) {
    return new Fit(
        features,
        weightColumn(),
        handling(),
        stage.getAggregationDepth(),
        stage.getMaxSliceBytes());
  }

  /** Prepares a fit on {@code features} in groups. */
  GroupFit groupFit(FeatureColumns features, GroupColumns groupColumns) {
    return new GroupFit(
        features,
        groupColumns,
        weightColumn(),
        handling(),
        Choice.of(SmallGroup.class, stage.getSmallGroup()),
        stage.getCorrection(),
        stage.getAggregationDepth());
  }

  /** The columns of {@code schema} that make the groups, if there are to be any. */
  Optional<GroupColumns> groupColumns(StructType schema) {
    return ifSet(groupCols)
        .map(names -> GroupColumns.of(schema, names, columnNames(), weightColumn()));
  }

  int correction() {
    return stage.getCorrection();
  }

  double momentum() {
    return stage.getMomentum();
  }

  RunningMode runningMode() {
    return Choice.of(RunningMode.class, stage.getRunningStatistics());
  }

  private void requireMomentumToCount() {
    if (stage.isSet(momentum) && runningMode() != RunningMode.EXPONENTIAL) {
      throw Errors.momentumWithoutExponential(runningMode().text());
    }
  }

  HandleInvalid handling() {
    return Choice.of(HandleInvalid.class, stage.getHandleInvalid());
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

  static <C extends Enum<C> & Choice> C requireChoice(Class<C> type, String param, String found) {
    return Choice.find(type, found)
        .orElseThrow(() -> Errors.invalidChoice(param, found, Choice.texts(type)));
  }

  static void requireNames(String param, String... names) {
    if (names == null || Arrays.asList(names).contains(null)) {
      throw Errors.nullParameter(param);
    }
    if (Arrays.asList(names).contains("")) {
      throw Errors.emptyName(param);
    }
  }

  static void requirePath(String param, String path) {
    if (path == null) {
      throw Errors.nullParameter(param);
    }
    if (path.isBlank()) {
      throw Errors.emptyPath(param);
    }
  }

  private static void requireDepth(int value) {
    if (value < 1) {
      throw Errors.invalidAggregationDepth(value);
    }
  }

  private static void requireSlice(int value) {
    if (value < MIB) {
      throw Errors.invalidMaxSliceBytes(value);
    }
  }

  private static void requireMomentum(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw Errors.invalidMomentum(value);
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
