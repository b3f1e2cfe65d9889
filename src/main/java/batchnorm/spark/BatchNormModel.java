package batchnorm.spark;

import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.errors.Listed;
import batchnorm.spark.errors.MergeErrors;
import batchnorm.spark.errors.ModelErrors;
import batchnorm.spark.errors.OwnErrors;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.errors.SessionErrors;
import batchnorm.spark.export.JsonModel;
import batchnorm.spark.export.TorchFile;
import batchnorm.spark.export.TorchLayer;
import batchnorm.spark.fit.ExplainedErrors;
import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.model.SavedModel;
import batchnorm.spark.model.SavedStage;
import batchnorm.spark.moments.RowCountOverflow;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.ExponentialAverage;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.TransformOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Applies {@code y = gamma * (x - mean) / sqrt(variance + eps) + beta} to every row of a dataset,
 * in batch or on a stream, with the statistics that {@link BatchNorm} computed.
 *
 * <p>The arithmetic uses doubles: the mean is subtracted, the difference is multiplied by {@code
 * gamma / sqrt(variance + eps)}, and beta is added. If 0 maps to 0 for every feature, as without
 * centering, sparse vectors stay sparse. Arrays of floats stay arrays of floats.
 */
public final class BatchNormModel extends Model<BatchNormModel>
    implements BatchNormParams<BatchNormModel>, MLWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final SharedParams shared;
  private final ModelState state;

  /** Creates a model without statistics, for Spark's reader. */
  public BatchNormModel() {
    this(Identifiable$.MODULE$.randomUID("batchNorm"));
  }

  /** Creates a model without statistics, for Spark's reader. */
  public BatchNormModel(String uid) {
    this(uid, null, FeatureNames.UNNAMED);
  }

  BatchNormModel(String uid, Learned learned, FeatureNames names) {
    this(uid, params -> new ModelState(params, learned, names, null));
  }

  BatchNormModel(String uid, Function<SharedParams, ModelState> state) {
    this.uid = uid;
    shared = new SharedParams(this);
    this.state = state.apply(shared);
  }

  /**
   * Returns a model of known statistics, such as those of another system.
   *
   * @param mean the mean of each feature
   * @param variance the variance of each feature, at least 0; used for either correction
   * @throws IllegalArgumentException if the two differ in size or have no values, if a mean is not
   *     finite, or if a variance is negative or NaN
   */
  public static BatchNormModel of(Vector mean, Vector variance) {
    if (mean == null || variance == null) {
      throw ParamErrors.nullArgument(mean == null ? "mean" : "variance");
    }
    if (mean.size() != variance.size()) {
      throw ModelErrors.sizesOfMeanAndVarianceDiffer(mean.size(), variance.size());
    }
    if (mean.size() == 0) {
      throw ModelErrors.noFeatures();
    }
    for (int j = 0; j < variance.size(); j++) {
      if (!Double.isFinite(mean.apply(j))) {
        throw ModelErrors.invalidMean(j, mean.apply(j));
      }
      if (!(variance.apply(j) >= 0)) {
        throw ModelErrors.negativeVariance(j, variance.apply(j));
      }
    }
    return new BatchNormModel(
        Identifiable$.MODULE$.randomUID("batchNorm"),
        Learned.known(Statistics.known(mean.toArray().clone(), variance.toArray().clone())),
        FeatureNames.UNNAMED);
  }

  /**
   * Reads the model saved at {@code path}. If it is a directory of versions, as written by {@link
   * RunningBatchNorm}, the newest complete version is read.
   */
  public static BatchNormModel load(String path) {
    return read().load(path);
  }

  /**
   * Returns the model that maps like a BatchNorm layer of PyTorch in eval mode. It is read from a
   * safetensors file of the {@code state_dict} of the layer, or of a network with one such layer.
   * {@code running_var} is the variance for either correction; eps and momentum are read from the
   * file's metadata, else PyTorch's defaults 1e-5 and 0.1 are used. The columns must be set.
   *
   * <p>With eps 0, a layer divides by 0 if the variance is 0, and by a rounding error if the
   * deviation is at most 2^-52 times the mean. The model does not scale such features.
   *
   * <p>The running statistics are exponential, so {@link #update} continues as the layer would in
   * training. Those of a layer without momentum are known statistics. The model cannot be merged.
   *
   * @throws IllegalArgumentException if the file is incomplete, has no such layer or several, or
   *     has invalid values, such as NaN or a negative variance
   */
  public static BatchNormModel fromTorch(String path) throws IOException {
    return of(TorchFile.read(ModelExport.file(path)));
  }

  /**
   * Returns the model of one layer of a network, see {@link #fromTorch(String)}.
   *
   * @param layer prefix of the layer's tensors: the part of their names before {@code
   *     .running_mean}
   * @throws IllegalArgumentException also if the file has no such layer
   */
  public static BatchNormModel fromTorch(String path, String layer) throws IOException {
    return of(TorchFile.read(ModelExport.file(path), layer));
  }

  private static BatchNormModel of(TorchLayer layer) {
    boolean goesOn = !layer.momentum().isPlainAverage();
    Learned learned =
        goesOn
            ? Learned.known(new ExponentialAverage(layer.mean(), layer.variance(), layer.batches()))
            : Learned.known(Statistics.known(layer.mean(), layer.variance()));
    BatchNormModel model =
        new BatchNormModel(
            Identifiable$.MODULE$.randomUID("batchNorm"),
            learned,
            FeatureNames.ofGiven(layer.names()));
    model.setEps(layer.eps());
    if (goesOn) {
      model.setRunningStatistics(RunningMode.EXPONENTIAL.text());
      layer.momentum().value().ifPresent(model::setMomentum);
    }
    layer.weight().ifPresent(model::setGamma);
    layer.bias().ifPresent(model::setBeta);
    return model;
  }

  /**
   * Reads the model written by {@link ModelExport#toJson}; its transform has the same results, bit
   * for bit. Its statistics are known: it cannot be merged, and only exponential ones can be
   * updated.
   *
   * @throws IllegalArgumentException if the file contains anything else
   */
  public static BatchNormModel fromJson(String path) throws IOException {
    JsonModel json = JsonModel.read(ModelExport.file(path));
    BatchNormModel model =
        new BatchNormModel(json.uid(), json.learned(), FeatureNames.ofGiven(json.names()));
    JsonParams.set(model.shared, json.parameters(), path);
    try {
      model.state.formula();
    } catch (IllegalArgumentException e) {
      throw JsonParams.invalid(path, e);
    }
    return model;
  }

  /** Returns a reader of saved models. */
  public static MLReader<BatchNormModel> read() {
    return StageReader.of(BatchNormModel.class, BatchNormModel::of);
  }

  private static BatchNormModel of(SavedStage saved, SparkSession session) {
    BatchNormModel model = ofAllRows(saved);
    model.state.load(saved, session);
    return model;
  }

  /** Returns the saved model, without its groups if it has any. */
  static BatchNormModel ofAllRows(SavedStage saved) {
    SavedModel read = SavedModel.read(saved);
    return StageReader.withParams(
        saved, new BatchNormModel(saved.uid(), read.learned(), read.names()));
  }

  /** Returns a writer of this model. */
  @Override
  public MLWriter write() {
    return StageWriter.of(this, state::write);
  }

  /** Returns a writer of this model to files of other systems. */
  public ModelExport export() {
    return new ModelExport(state);
  }

  /** Writes an ONNX model in float64, see {@link ModelExport#toOnnx}. */
  public void toOnnx(String path) throws IOException {
    export().toOnnx(path);
  }

  /** Writes a safetensors file for PyTorch, see {@link ModelExport#toTorch}. */
  public void toTorch(String path) throws IOException {
    export().toTorch(path);
  }

  /** Writes names, statistics and parameters as JSON, see {@link ModelExport#toJson}. */
  public void toJson(String path) throws IOException {
    export().toJson(path);
  }

  /**
   * Returns a query that computes what {@link #transform} does, see {@link ModelExport#sql}.
   *
   * @param dialect spark, duckdb, postgres, snowflake or bigquery
   */
  public String toSql(String dialect) {
    return export().sql(dialect);
  }

  /** The mean of each feature, in its units; NaN for a feature without values. */
  public Vector mean() {
    return state.mean();
  }

  /** The variance of each feature, in its squared units, for the set correction. */
  public Vector variance() {
    return state.variance(getCorrection());
  }

  /**
   * The variance of each feature, in its squared units.
   *
   * @param correction subtracted from n in the variance's divisor: 0 (population) or 1 (sample)
   * @throws IllegalArgumentException if it is neither
   */
  public double[] variance(int correction) {
    if (correction != 0 && correction != 1) {
      throw ParamErrors.invalidCorrection(correction);
    }
    return state.variance(correction).toArray();
  }

  /** The square root of each feature's variance, for the set correction; without eps. */
  public Vector std() {
    return state.std();
  }

  /**
   * The number of fitted rows, or their total weight, rounded; 0 for known statistics. If
   * handleInvalid is keep, {@link #summary()} has the count of each feature.
   */
  public long count() {
    return state.learned().count();
  }

  /** The number of features. */
  public int numFeatures() {
    return state.numFeatures();
  }

  /** The names of the features. */
  public String[] featureNames() {
    return state.featureNames();
  }

  /**
   * Returns a row for each feature: its name; count and missing, both rounded sums of weights;
   * mean, variance and std for the set correction; {@code min} and {@code max} of its finite
   * values, null without values and if the model does not know them, as after {@link #subtract};
   * whether it is constant; {@code smallerThanEps}, true if eps shrinks the std of the output below
   * 0.995; and {@code stdAfter}, the std of the output before gamma: {@code sqrt(variance /
   * (variance + eps))}, the std without scaling, 0 for a constant feature, NaN for one without
   * values.
   *
   * <p>With groups there is a row for each feature of each group. The group columns come first; one
   * with the name of another column gets the prefix {@code group_}. The last column is {@code
   * uses}, the statistics that normalize the group: {@code group} for its own, or {@code global} or
   * {@code unit} as set by {@code smallGroup}.
   */
  public Dataset<Row> summary() {
    return tables(session()).summary();
  }

  /**
   * Returns a row for each feature, like {@link #summary()} without groups. For a model with groups
   * the statistics are those of all rows together.
   */
  public Dataset<Row> summaryOfAllRows() {
    return tables(session()).ofAllRows();
  }

  /** Returns the rows of {@link #summaryOfAllRows()}. */
  List<FeatureSummary> featuresOfAllRows() {
    return ModelTables.features(state);
  }

  /**
   * Returns the session of the fitted data or of the loaded model; otherwise the thread's session.
   */
  private SparkSession session() {
    return state.runningSession().orElseThrow(SessionErrors::noSession);
  }

  private ModelTables tables(SparkSession session) {
    return new ModelTables(state, session);
  }

  /**
   * Returns a model of this one's data and {@code batch} together, equal to one fit on all of it,
   * bit for bit; with running statistics, the model after one more batch. This model does not
   * change. The data is read and checked as by {@link BatchNorm#fit}, with the parameters of this
   * model.
   *
   * @throws IllegalArgumentException also if the features of {@code batch} are not those of this
   *     model; if this model was fitted on weights that do not sum to the number of rows and
   *     weightCol is not set; if the kind of its statistics differs from runningStatistics; or,
   *     with running statistics, if the total weight of {@code batch} is at most 1, which is too
   *     little for the divisor n - 1
   * @throws IllegalStateException if the model has no exact sums: it has known statistics that are
   *     not exponential, or was saved in format 1
   */
  public BatchNormModel update(Dataset<?> batch) {
    BatchNormModel updated = update(batch, MinimumRows.ENOUGH_FOR_A_VARIANCE).orElseThrow();
    updated.state.warn(batch);
    return updated;
  }

  /** Returns the updated model; empty if the batch is too small and is skipped. */
  Optional<BatchNormModel> update(Dataset<?> batch, MinimumRows minimum) {
    return reading(batch, () -> learn(batch, minimum));
  }

  private static <T> T reading(Dataset<?> data, Supplier<T> work) {
    return DataSession.of(
        data, () -> ExplainedErrors.explained(data, () -> withOverflowError(work)));
  }

  /**
   * Returns a model of this one's data with {@code added} and without {@code removed}, equal to one
   * fit on the rows that remain, bit for bit. This model does not change. Both datasets are read
   * and checked as by {@link BatchNorm#fit}, with the parameters of this model; {@code removed} may
   * have rows of {@code added}. Minimum and maximum are unknown afterwards, as after {@link
   * #subtract}, unless {@code removed} has no rows.
   *
   * @throws IllegalArgumentException for the reasons of {@link #update(Dataset)} and {@link
   *     #subtract}
   * @throws IllegalStateException for the reasons of {@link #update(Dataset)}
   */
  public BatchNormModel update(Dataset<?> added, Dataset<?> removed) {
    Compatibility.requirePooled(state);
    BatchNormModel updated = update(added, MinimumRows.NONE).orElseThrow();
    ModelState part = null;
    try {
      part = reading(removed, () -> part(removed));
      BatchNormModel rest = updated.without(part);
      rest.state.warn(removed);
      return rest;
    } finally {
      Stream.of(updated.state, part).filter(Objects::nonNull).forEach(ModelState::release);
    }
  }

  /** Returns the statistics of rows to take out, read with the parameters of this model. */
  private ModelState part(Dataset<?> removed) {
    Training training = new Training(shared, removed.schema());
    Compatibility.requireSameFeatures(state.names(), training.features());
    return training.part(removed, state);
  }

  private Optional<BatchNormModel> learn(Dataset<?> batch, MinimumRows minimum) {
    Compatibility.requireUpdatable(state);
    Training training = new Training(shared, batch.schema());
    Compatibility.requireSameFeatures(state.names(), training.features());
    return training.next(batch, state, minimum).map(next -> with(next::copy, ParamMap.empty()));
  }

  /**
   * Returns the model of this one's data and the other's together, equal to one fit on all of it,
   * bit for bit, in any order. Both models stay unchanged; uid and parent are those of this model.
   *
   * @throws IllegalArgumentException if the two differ in features or in a parameter that changes
   *     results; if one has pooled and the other running statistics; or if both have exponential
   *     ones, which depend on the order of the batches
   * @throws IllegalStateException if one of them has no exact sums: it has known statistics, or was
   *     saved in format 1
   */
  public BatchNormModel merge(BatchNormModel other) {
    return merge(Arrays.asList(this, other));
  }

  /**
   * Returns the model of this one's data without the other's, equal to one fit on the rows that
   * remain, bit for bit; a group whose rows are all gone is none. It undoes {@link
   * #merge(BatchNormModel)} and {@link #update(Dataset)}. Both models stay unchanged; uid and
   * parent are those of this model.
   *
   * <p>Minimum and maximum cannot be taken out: those of the rest are unknown, except 0 of a
   * feature that is 0 in all rows.
   *
   * <p>Sums do not show which rows they are of: {@code other} may be any model whose counts,
   * weights and sums of squares are possible for a part of this one's rows. If both models have
   * integers beyond 2^53 in a feature, the mean of the rest is kept with more digits than a fit
   * would keep if the rest has none and its rows are weighted, or their squares sum to 2^106 or
   * more.
   *
   * @throws IllegalArgumentException if the two differ in features or in a parameter that changes
   *     results; if their statistics are running ones; if a number, a weight or a sum of squares
   *     would be negative, or smaller than its values allow, of all rows or of a group; or if no
   *     row remains
   * @throws IllegalStateException if one of them has no exact sums: it has known statistics, or was
   *     saved in format 1
   */
  public BatchNormModel subtract(BatchNormModel other) {
    if (other == null) {
      throw ParamErrors.nullArgument("other");
    }
    return without(other.state);
  }

  /** Returns the model of {@code dataset} with the params of this one. */
  BatchNormModel first(Dataset<?> dataset, MinimumRows minimum) {
    return DataSession.of(
        dataset,
        () ->
            of(new Training(shared, dataset.schema()).first(dataset, minimum).orElseThrow()::copy));
  }

  /** Returns {@code other} with the params of this model; both must read the same columns. */
  BatchNormModel continuing(BatchNormModel other) {
    Compatibility.requireSameInput(other.shared, shared);
    return of(other.state::with);
  }

  /** Returns a model of other statistics with the params of this one. */
  BatchNormModel of(Function<SharedParams, ModelState> other) {
    return with(other, ParamMap.empty());
  }

  /** Returns the groups whose first key, a string, is one of these. */
  BatchNormModel selected(Set<String> firsts) {
    return of(params -> ModelState.selected(params, state, Optional.of(firsts), false));
  }

  private BatchNormModel without(ModelState part) {
    Compatibility.requireSubtractable(state, part);
    return with(params -> ModelState.difference(params, state, part), ParamMap.empty());
  }

  /** Returns the model of this one's and the others' data, see {@link #merge(BatchNormModel)}. */
  public BatchNormModel merge(
      BatchNormModel second, BatchNormModel third, BatchNormModel... further) {
    return merge(Stream.concat(Stream.of(this, second, third), Arrays.stream(further)).toList());
  }

  /**
   * Returns the model of all the models' data together, see {@link #merge(BatchNormModel)}. It is
   * for Scala, where {@code BatchNormModel.merge(a, b)} finds only static methods. The parameters
   * have a wider type, so that Java resolves {@code a.merge(b, c)} to the method above and never
   * drops {@code a}.
   *
   * @throws IllegalArgumentException also if one is null
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is not written to.
  public static BatchNormModel merge(
      BatchNormParams<BatchNormModel> first,
      BatchNormParams<BatchNormModel> second,
      BatchNormParams<BatchNormModel>... further) {
    return merge(
        Stream.concat(Stream.of(first, second), Arrays.stream(further))
            .map(BatchNormModel.class::cast)
            .toList());
  }

  /**
   * Returns the model of all the models' data together, see {@link #merge(BatchNormModel)}.
   *
   * @throws IllegalArgumentException also if there is no model, or one is null
   */
  public static BatchNormModel merge(Collection<BatchNormModel> models) {
    if (models == null || models.stream().anyMatch(Objects::isNull)) {
      throw ParamErrors.nullArgument(models == null ? "models" : "One of the models");
    }
    BatchNormModel first = models.stream().findFirst().orElseThrow(MergeErrors::noModels);
    if (models.size() == 1) {
      return first.copy(ParamMap.empty());
    }
    List<ModelState> states = models.stream().map(BatchNormModel::state).toList();
    states.stream().skip(1).forEach(other -> Compatibility.requireMergeable(states.get(0), other));
    return withOverflowError(
        () -> first.with(params -> ModelState.merged(params, states), ParamMap.empty()));
  }

  /**
   * Runs {@code work}, which counts rows here or in tasks; an overflow of the count becomes a
   * user's error.
   */
  private static <T> T withOverflowError(Supplier<T> work) {
    try {
      return work.get();
    } catch (Exception e) {
      if (OwnErrors.chain(e).stream().anyMatch(RowCountOverflow.class::isInstance)) {
        throw MergeErrors.tooManyRows();
      }
      throw e;
    }
  }

  /**
   * The number of batches of running statistics, PyTorch's {@code num_batches_tracked}; 0 for
   * pooled statistics, which do not depend on batches.
   */
  public long numBatchesTracked() {
    return state.learned().batches();
  }

  /**
   * Summary of how the fit read its data; empty for a model that was loaded or has known
   * statistics.
   */
  public Optional<FitSummary> fitSummary() {
    return state.fitSummary();
  }

  /**
   * Returns the warnings that the fit or update logged, one text for each kind: features that eps
   * shrinks, that have too few values, or whose variation may be rounding only; groups that are
   * normalized by the statistics of all rows. Empty for a model that was loaded or has known
   * statistics.
   */
  public List<String> fitWarnings() {
    return state.fitWarnings();
  }

  /**
   * Returns the model that maps normalized values back. It reads the output columns of this model
   * and writes its input columns, replacing existing ones. Integer columns become doubles.
   *
   * @throws IllegalArgumentException if a gamma is 0
   */
  public BatchNormModel inverse() {
    BatchNormModel inverse = copy(ParamMap.empty());
    inverse.set(inverse.inverted(), !shared.isInverted());
    inverse.state.recipe();
    return inverse;
  }

  /** Param for whether this model maps normalized values back; set by {@link #inverse()}. */
  public BooleanParam inverted() {
    return shared.inverted;
  }

  /**
   * Param for the result of a transform: {@code normalized} data, the default, or the {@code
   * summary} or {@code statistics} of the model.
   */
  public Param<String> output() {
    return shared.output;
  }

  /** The value of {@link #output()}. */
  public String getOutput() {
    return getOrDefault(output());
  }

  /**
   * Sets the result of {@link #transform}. Methods of a model cannot be called over Spark Connect.
   * There, set {@code summary} and transform any dataset to get {@link #summary()}, or set {@code
   * statistics} to get one row of count, numBatchesTracked, numFeatures, featureNames, mean,
   * variance and std. The dataset is not read.
   *
   * @throws IllegalArgumentException if it is neither of these nor {@code normalized}
   */
  public BatchNormModel setOutput(String value) {
    set(output(), value);
    return this;
  }

  /**
   * Returns {@code dataset} with the output columns, unless {@link #setOutput} selects the model's
   * statistics. It is lazy. If handleInvalid is error, a null, NaN or infinite value fails the task
   * that reads it.
   *
   * @throws IllegalArgumentException if a column is missing or of the wrong type, if the number of
   *     features is not that of the model, or if an output column exists and is not the input
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    if (shared.output() != TransformOutput.NORMALIZED) {
      return tables(dataset.sparkSession()).of(shared.output());
    }
    return DataSession.of(
        dataset,
        () ->
            ExplainedErrors.explained(
                dataset, () -> state.plan(dataset.schema()).transform(dataset)));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    if (shared.output() != TransformOutput.NORMALIZED) {
      return ModelTables.schema(state, shared.output());
    }
    state.recipe();
    return state.output(schema).in(schema);
  }

  @Override
  public BatchNormModel copy(ParamMap extra) {
    return with(state::copy, extra);
  }

  /** Returns this model with another state. */
  private BatchNormModel with(Function<SharedParams, ModelState> other, ParamMap extra) {
    BatchNormModel model = new BatchNormModel(uid, other);
    copyValues(model, extra);
    model.setParent(parent());
    return model;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public SharedParams shared() {
    return shared;
  }

  @Override
  public String toString() {
    String model =
        String.format(
            Locale.ROOT,
            "BatchNormModel: uid=%s, numFeatures=%s, eps=%s, correction=%d",
            uid,
            state.hasStatistics() ? numFeatures() : "none",
            getEps(),
            getCorrection());
    return model
        + shown(inputCol())
        + shown(inputCols())
        + shown(outputCol())
        + shown(outputCols())
        + shown(groupCols())
        + (shared.isInverted() ? ", inverse" : "");
  }

  /** Returns the columns in a param, if it is set; only the first of very many. */
  private String shown(Param<?> param) {
    if (!isSet(param)) {
      return "";
    }
    Object value = getOrDefault(param);
    List<String> names = value instanceof String[] several ? List.of(several) : List.of("" + value);
    return ", " + param.name() + "=" + Listed.of(names, names.size());
  }

  /**
   * Approximate memory of the statistics, in bytes. Spark Connect calls it since Spark 4.1; Spark's
   * estimate would include the session of the groups.
   */
  public long estimatedSize() {
    return state.estimatedSize();
  }

  ModelState state() {
    return state;
  }
}
