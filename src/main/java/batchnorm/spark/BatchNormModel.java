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
 * <p>The arithmetic is that of doubles: the mean is subtracted, the difference multiplied by {@code
 * gamma / sqrt(variance + eps)}, beta added. A vector without centring keeps its zeros and stays
 * sparse; a float array stays one of floats.
 */
public final class BatchNormModel extends Model<BatchNormModel>
    implements BatchNormParams<BatchNormModel>, MLWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final SharedParams shared;
  private final ModelState state;

  /** Makes a model without statistics, as Spark does before it reads one. */
  public BatchNormModel() {
    this(Identifiable$.MODULE$.randomUID("batchNorm"));
  }

  /** Makes a model without statistics, as Spark does before it reads one. */
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
      throw ParamErrors.nullParameter(mean == null ? "mean" : "variance");
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
   * Reads a model that was saved to {@code path}; of a directory of versions, as {@link
   * RunningBatchNorm} writes them, the newest complete one.
   */
  public static BatchNormModel load(String path) {
    return read().load(path);
  }

  /**
   * Returns the model that maps as a BatchNorm layer of PyTorch does in eval mode, read from a
   * safetensors file of its {@code state_dict}, or of that of a network with one such layer. {@code
   * running_var} is the variance for either correction; eps and momentum are those of the file's
   * metadata, else 1e-5 and 0.1 as PyTorch has it. Set the columns.
   *
   * <p>With eps 0 a layer divides by 0 if the variance is 0, and by a rounding error if the
   * deviation is at most 2^-52 of the mean; the model leaves both features unscaled.
   *
   * <p>The running statistics are exponential ones, so {@link #update} continues as the layer would
   * in training; those of a layer without momentum are known statistics. The model cannot be
   * merged.
   *
   * @throws IllegalArgumentException if the file is not whole, has none or several such layers, or
   *     values that no layer has, such as NaN or a negative variance
   */
  public static BatchNormModel fromTorch(String path) throws IOException {
    return of(TorchFile.read(ModelExport.file(path)));
  }

  /**
   * Returns the model of one layer of a network, as {@link #fromTorch(String)} does of a single
   * layer.
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
   * Reads the model that {@link ModelExport#toJson} wrote, which transforms bit for bit as it does.
   * It has known statistics: it cannot be merged, and only exponential ones can be updated.
   *
   * @throws IllegalArgumentException if the file holds anything else
   */
  public static BatchNormModel fromJson(String path) throws IOException {
    JsonModel json = JsonModel.read(ModelExport.file(path));
    BatchNormModel model =
        new BatchNormModel(json.uid(), json.learned(), FeatureNames.ofGiven(json.names()));
    JsonParams.set(model.shared, json.parameters(), path);
    model.state.formula();
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

  /** Returns the model that was saved, without its groups if it has any. */
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

  /** The mean of each feature, in its units; NaN for a feature without values. */
  public Vector mean() {
    return state.mean();
  }

  /** The variance of each feature, in its squared units, for the correction that is set. */
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

  /** The square root of each feature's variance, for the correction that is set; without eps. */
  public Vector std() {
    return state.std();
  }

  /**
   * The number of rows that were fitted on, or the sum of their weights, rounded; 0 for known
   * statistics. With handleInvalid keep, {@link #summary()} has the count of each feature.
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
   * Returns a row a feature: its name, count, missing (both rounded sums of weights), mean,
   * variance and std for the correction that is set, whether it is constant, whether eps shrinks
   * what comes out to a std below 0.995 ({@code smallerThanEps}), and {@code stdAfter}: the std
   * that comes out, before gamma, {@code sqrt(variance / (variance + eps))}; the std itself without
   * scaling, 0 of a constant feature, NaN of one without values. With groups a row a feature of
   * each group: first the group columns, and last {@code uses}, with which statistics a transform
   * normalizes the group: those of the {@code group}, or as {@code smallGroup} says the {@code
   * global} ones or {@code unit} ones. A group column that is called as one of these has {@code
   * group_} before its name.
   */
  public Dataset<Row> summary() {
    return tables(session()).summary();
  }

  /**
   * Returns a row a feature, as {@link #summary()} does without groups: of a model with groups the
   * statistics of all rows together.
   */
  public Dataset<Row> summaryOfAllRows() {
    return tables(session()).ofAllRows();
  }

  /** Returns the rows of {@link #summaryOfAllRows()}. */
  List<FeatureSummary> featuresOfAllRows() {
    return ModelTables.features(state);
  }

  /** Returns the session of the data, or the one that read the model; else that of the thread. */
  private SparkSession session() {
    return state.runningSession().orElseThrow(SessionErrors::noSession);
  }

  private ModelTables tables(SparkSession session) {
    return new ModelTables(state, session);
  }

  /**
   * Returns a model of this one's data and {@code batch} together, bit for bit the result of one
   * fit on all of it; with running statistics, that after one more batch. This model does not
   * change. The data is read, and refused, as {@link BatchNorm#fit} does it, with the parameters of
   * this model.
   *
   * @throws IllegalArgumentException also if the features of {@code batch} are not those of this
   *     model; if this model was fitted on weights that do not sum to the number of rows and
   *     weightCol is not set; if its statistics are of another kind than runningStatistics says;
   *     or, with running statistics, if the total weight of {@code batch} is at most 1, which is
   *     too little for their divisor of n - 1
   * @throws IllegalStateException if the model has no exact sums: it was made of known statistics,
   *     which only exponential running statistics can start from, or saved in format 1
   */
  public BatchNormModel update(Dataset<?> batch) {
    BatchNormModel updated = update(batch, MinimumRows.ENOUGH_FOR_A_VARIANCE).orElseThrow();
    updated.state.warn(batch);
    return updated;
  }

  /** Returns the same for a batch that may be too small, which is then skipped. */
  Optional<BatchNormModel> update(Dataset<?> batch, MinimumRows minimum) {
    return DataSession.of(
        batch, () -> ExplainedErrors.explained(batch, () -> counting(() -> learn(batch, minimum))));
  }

  private Optional<BatchNormModel> learn(Dataset<?> batch, MinimumRows minimum) {
    Compatibility.requireUpdatable(state);
    Training training = new Training(shared, batch.schema());
    Compatibility.requireSameFeatures(state.names(), training.features());
    return training.next(batch, state, minimum).map(next -> with(next::copy, ParamMap.empty()));
  }

  /**
   * Returns the model of this one's data and the other's together, bit for bit that of one fit on
   * all of it, wherever and in whichever order the two were fitted. Both stay as they are; uid and
   * parent are this one's.
   *
   * @throws IllegalArgumentException if the two differ in features or in a parameter, but for those
   *     that change no result; if one has pooled and the other running statistics; or if both have
   *     exponential ones, which depend on the order of the batches
   * @throws IllegalStateException if one of them has no exact sums: it was made of known
   *     statistics, or saved in format 1
   */
  public BatchNormModel merge(BatchNormModel other) {
    return merge(Arrays.asList(this, other));
  }

  /** Returns the model of this one's and the others' data, see {@link #merge(BatchNormModel)}. */
  public BatchNormModel merge(
      BatchNormModel second, BatchNormModel third, BatchNormModel... further) {
    return merge(Stream.concat(Stream.of(this, second, third), Arrays.stream(further)).toList());
  }

  /**
   * Returns the model of all the models' data together, see {@link #merge(BatchNormModel)}. For
   * Scala, where {@code BatchNormModel.merge(a, b)} finds static methods alone; the parameters are
   * of a wider type so that Java takes {@code a.merge(b, c)} for the method above, and never drops
   * {@code a}.
   *
   * @throws IllegalArgumentException also if one is null
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // The array is only read.
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
      throw ParamErrors.nullParameter("models");
    }
    BatchNormModel first = models.stream().findFirst().orElseThrow(MergeErrors::noModels);
    if (models.size() == 1) {
      return first.copy(ParamMap.empty());
    }
    List<ModelState> states = models.stream().map(BatchNormModel::state).toList();
    states.stream().skip(1).forEach(other -> Compatibility.requireMergeable(states.get(0), other));
    return counting(
        () -> first.with(params -> ModelState.merged(params, states), ParamMap.empty()));
  }

  /** Runs {@code work}, in which rows are added up, here or by tasks of Spark. */
  private static <T> T counting(Supplier<T> work) {
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
   * The number of batches that running statistics are of, PyTorch's {@code num_batches_tracked}; 0
   * where statistics are pooled, in which batches leave no trace.
   */
  public long numBatchesTracked() {
    return state.learned().batches();
  }

  /**
   * Summary of how the fit read its data; empty for a model that was loaded or made of known
   * statistics.
   */
  public Optional<FitSummary> fitSummary() {
    return state.fitSummary();
  }

  /**
   * Returns the warnings that the fit or update logged, one text per kind: features that eps
   * shrinks, that have too few values, whose variation may be rounding alone; groups that are
   * normalized by the statistics of all rows. Empty for a model that was loaded or made of known
   * statistics.
   */
  public List<String> fitWarnings() {
    return state.fitWarnings();
  }

  /**
   * Returns the model that maps normalized values back: it reads the column or columns that this
   * one writes and writes those that this one reads, replacing them where they exist. Integer
   * columns come back as doubles.
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
   * Param for the result of a transform: {@code normalized} data, which is the default, or the
   * {@code summary} or the {@code statistics} of the model.
   */
  public Param<String> output() {
    return shared.output;
  }

  /** The value of {@link #output()}. */
  public String getOutput() {
    return getOrDefault(output());
  }

  /**
   * Sets the result of {@link #transform}. Over Spark Connect, where the methods of a model cannot
   * be called, a transform of any dataset, which is not read, returns the model's statistics:
   * {@code summary} gives {@link #summary()}; {@code statistics} one row of count,
   * numBatchesTracked, numFeatures, featureNames, mean, variance and std.
   *
   * @throws IllegalArgumentException if it is neither of these nor {@code normalized}
   */
  public BatchNormModel setOutput(String value) {
    set(output(), value);
    return this;
  }

  /**
   * Returns {@code dataset} with the output columns, unless {@link #setOutput} selects the model's
   * own statistics. Lazy; with handleInvalid error, a null, NaN or infinite value fails the task
   * that reads it.
   *
   * @throws IllegalArgumentException if a column is missing or of the wrong type, if there are more
   *     or fewer features than were fitted on, or if an output column exists and is not the input
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

  /** The columns that a param names, if it is set; of very many the first. */
  private String shown(Param<?> param) {
    if (!isSet(param)) {
      return "";
    }
    Object value = getOrDefault(param);
    List<String> names = value instanceof String[] several ? List.of(several) : List.of("" + value);
    return ", " + param.name() + "=" + Listed.of(names, names.size());
  }

  /**
   * Approximate memory of the statistics, in bytes. Spark Connect asks for it from Spark 4.1 on;
   * its own estimate would include the session that groups hold.
   */
  public long estimatedSize() {
    return state.estimatedSize();
  }

  ModelState state() {
    return state;
  }
}
