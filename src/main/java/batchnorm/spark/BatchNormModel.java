package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.columns.SummarySchema;
import batchnorm.spark.compat.TextParam;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.errors.Listed;
import batchnorm.spark.export.JsonModel;
import batchnorm.spark.export.TorchFile;
import batchnorm.spark.fit.ColumnErrors;
import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.fit.FitWarnings;
import batchnorm.spark.model.Groups;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.SavedGroups;
import batchnorm.spark.model.SavedModel;
import batchnorm.spark.model.SavedStage;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.AffineMap;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.RunningStatistics;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.TransformOutput;
import batchnorm.spark.normalize.UnseenGroup;
import batchnorm.spark.transform.Normalization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
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
import org.apache.spark.util.SizeEstimator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");

  /** What a column of unnamed features is called where no input column is set. */
  private static final String UNNAMED_COLUMN = "feature";

  private final String uid;
  private final SharedParams shared;
  private final BooleanParam inverted;
  private final Param<String> output;

  /** Null for a model without statistics. */
  private final Learned learned;

  private final FeatureNames names;

  /** Null for a model without groups; not sent to tasks, which get what they need of it. */
  private transient Groups groups;

  /** Null for a model that nobody fitted or loaded; not sent to tasks. */
  private transient SparkSession session;

  /** Null but for a fitted model and its copies. */
  private FitSummary fitSummary;

  private List<String> fitWarnings = List.of();

  /** Makes a model without statistics, as Spark does before it reads one. */
  public BatchNormModel() {
    this(Identifiable$.MODULE$.randomUID("batchNorm"));
  }

  /** Makes a model without statistics, as Spark does before it reads one. */
  public BatchNormModel(String uid) {
    this(uid, null, FeatureNames.UNNAMED, null);
  }

  private BatchNormModel(String uid, FeatureNames names, Training.Outcome outcome) {
    this(uid, outcome.learned(), names, outcome.groups().orElse(null));
    fitSummary = outcome.summary();
  }

  BatchNormModel(String uid, Learned learned, FeatureNames names) {
    this(uid, learned, names, null);
  }

  private BatchNormModel(String uid, Learned learned, FeatureNames names, Groups groups) {
    this.uid = uid;
    this.learned = learned;
    this.names = names;
    this.groups = groups;
    shared = new SharedParams(this);
    inverted =
        new BooleanParam(this, "inverted", "whether normalized values are mapped back; inverse()");
    output =
        TextParam.of(
            this,
            "output",
            "what a transform returns: normalized data, the summary or the statistics of the model",
            SharedParams.valid(
                value ->
                    SharedParams.requireChoice(TransformOutput.class, "output", (String) value)));
    shared.setDefaults();
    setDefault(inverted, false);
    setDefault(output, TransformOutput.NORMALIZED.text());
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
      throw Errors.nullParameter(mean == null ? "mean" : "variance");
    }
    if (mean.size() != variance.size()) {
      throw Errors.sizesOfMeanAndVarianceDiffer(mean.size(), variance.size());
    }
    if (mean.size() == 0) {
      throw Errors.noFeatures();
    }
    for (int j = 0; j < variance.size(); j++) {
      if (!Double.isFinite(mean.apply(j))) {
        throw Errors.invalidMean(j, mean.apply(j));
      }
      if (!(variance.apply(j) >= 0)) {
        throw Errors.negativeVariance(j, variance.apply(j));
      }
    }
    return new BatchNormModel(
        Identifiable$.MODULE$.randomUID("batchNorm"),
        Learned.known(Statistics.known(mean.toArray().clone(), variance.toArray().clone())),
        FeatureNames.UNNAMED,
        null);
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
   * <p>With eps 0 a layer divides by 0 where the variance is 0, and by what may be only rounding
   * where the deviation is at most 2^-52 of the mean; the model leaves the scale of both as it is.
   *
   * <p>The running statistics are exponential ones, so {@link #update} goes on as the layer would
   * in training; of a layer without momentum they are known statistics. The model cannot be merged.
   *
   * @throws IllegalArgumentException if the file is not whole, has none or several such layers, or
   *     values that no layer has, such as NaN or a negative variance
   */
  public static BatchNormModel fromTorch(String path) throws IOException {
    return ModelImport.of(TorchFile.read(ModelExport.file(path)));
  }

  /**
   * The same of one layer of a network.
   *
   * @param layer what stands before {@code .running_mean} in the names of its tensors
   * @throws IllegalArgumentException also if the file has no such layer
   */
  public static BatchNormModel fromTorch(String path, String layer) throws IOException {
    return ModelImport.of(TorchFile.read(ModelExport.file(path), layer));
  }

  /**
   * Reads the model that {@link ModelExport#toJson} wrote, which transforms bit for bit as it does.
   * It has known statistics: it cannot be merged, and only exponential ones can be updated.
   *
   * @throws IllegalArgumentException if the file holds anything else
   */
  public static BatchNormModel fromJson(String path) throws IOException {
    return ModelImport.of(JsonModel.read(ModelExport.file(path)), path);
  }

  /** Returns a reader of saved models. */
  public static MLReader<BatchNormModel> read() {
    return new StageReader<>(BatchNormModel.class) {
      @Override
      String resolve(String path) {
        return ModelVersions.newestIn(path, sparkSession());
      }

      @Override
      BatchNormModel read(String path, SavedStage saved) {
        SavedModel read = SavedModel.read(path, saved.checksum(SavedModel.FOLDER), sparkSession());
        return new BatchNormModel(saved.uid(), read.learned(), read.names(), null);
      }

      @Override
      void complete(BatchNormModel model, String path, SavedStage saved) {
        model.session = sparkSession();
        if (model.isSet(model.groupCols()) || SavedGroups.exist(path, sparkSession())) {
          long rows = model.learned().moments().map(Moments::rows).orElse(0L);
          model.groups =
              new SavedGroups(path, saved.checksum(SavedGroups.FOLDER), model.numFeatures(), rows)
                  .read(sparkSession());
        }
      }
    };
  }

  /** Returns the model of the first data that {@code stage} sees, whose schema it has checked. */
  static BatchNormModel first(BatchNorm stage, Dataset<?> dataset) {
    BatchNormModel model = first(stage, dataset, RowsNeeded.ENOUGH_FOR_A_VARIANCE).orElseThrow();
    model.warn(dataset);
    return model;
  }

  /** The same of data that may be too little, of which no model is made then. */
  static Optional<BatchNormModel> first(BatchNorm stage, Dataset<?> dataset, RowsNeeded needed) {
    return DataSession.of(dataset, () -> learn(stage, dataset, needed));
  }

  private static Optional<BatchNormModel> learn(
      BatchNorm stage, Dataset<?> dataset, RowsNeeded needed) {
    Training training = new Training(stage.shared(), dataset.schema());
    return training
        .first(dataset, needed)
        .map(
            outcome -> {
              BatchNormModel model =
                  new BatchNormModel(stage.uid(), training.featureNames(), outcome);
              stage.copyValues(model, ParamMap.empty());
              model.session = dataset.sparkSession();
              return model;
            });
  }

  /** Returns {@code initial} with the params of {@code stage}, which reads the same columns. */
  static BatchNormModel continuing(BatchNormModel initial, BatchNorm stage) {
    Compatibility.requireSameInput(initial, stage);
    BatchNormModel model =
        new BatchNormModel(stage.uid(), initial.learned(), initial.names, initial.groups);
    stage.copyValues(model, ParamMap.empty());
    return model;
  }

  /** Returns a writer of this model. */
  @Override
  public MLWriter write() {
    return new BatchNormModelWriter(this);
  }

  /** Returns what writes this model as a file of another system. */
  public ModelExport export() {
    return new ModelExport(this);
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
    return perFeature(j -> statistics().mean(j));
  }

  /** The variance of each feature, in its squared units, for the correction that is set. */
  public Vector variance() {
    return Vectors.dense(variance(getCorrection()));
  }

  /**
   * The variance of each feature, in its squared units.
   *
   * @param correction what the divisor is less than n by: 0 or 1
   * @throws IllegalArgumentException if it is neither
   */
  public double[] variance(int correction) {
    if (correction != 0 && correction != 1) {
      throw Errors.invalidCorrection(correction);
    }
    return perFeature(j -> statistics().variance(j, correction)).toArray();
  }

  /** The square root of each feature's variance, for the correction that is set; without eps. */
  public Vector std() {
    return perFeature(j -> statistics().deviation(j, getCorrection()));
  }

  /**
   * The number of rows that were fitted on, or the sum of their weights, rounded; 0 for known
   * statistics. With handleInvalid keep, {@link #summary()} has the count of each feature.
   */
  public long count() {
    return learned().count();
  }

  /** The number of features. */
  public int numFeatures() {
    return statistics().size();
  }

  /** The names of the features. */
  public String[] featureNames() {
    return IntStream.range(0, numFeatures()).mapToObj(this::featureName).toArray(String[]::new);
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

  /** Returns {@link #runningSession()}; an error where there is none. */
  private SparkSession session() {
    return runningSession().orElseThrow(Errors::noSession);
  }

  /**
   * Returns the session of the data that was fitted on, or which read the model; that of the thread
   * where there was none, or it was stopped.
   */
  Optional<SparkSession> runningSession() {
    return Optional.ofNullable(session).filter(DataSession::isRunning).or(DataSession::current);
  }

  private ModelTables tables(SparkSession session) {
    return new ModelTables(this, session);
  }

  /**
   * Returns the model of this one's data and {@code batch} together, which stays bit for bit what
   * one fit on all of it gives; with running statistics, that after one more batch. This model does
   * not change. The data is read, and refused, as {@link BatchNorm#fit} does it, with the
   * parameters of this model.
   *
   * @throws IllegalArgumentException also if the features of {@code batch} are not those of this
   *     model; if this model was fitted on weights that do not sum to the number of rows and
   *     weightCol is not set; if its statistics are of another kind than runningStatistics says;
   *     or, with running statistics, if the rows of {@code batch} weigh no more than 1, which is
   *     too little for their divisor of n - 1
   * @throws IllegalStateException if the model has no exact sums: it was made of known statistics,
   *     which only exponential running statistics can start from, or saved in format 1
   */
  public BatchNormModel update(Dataset<?> batch) {
    BatchNormModel updated = update(batch, RowsNeeded.ENOUGH_FOR_A_VARIANCE).orElseThrow();
    updated.warn(batch);
    return updated;
  }

  /** The same of a batch that may be too small, from which nothing is learned then. */
  Optional<BatchNormModel> update(Dataset<?> batch, RowsNeeded needed) {
    return DataSession.of(batch, () -> ColumnErrors.explained(batch, () -> learn(batch, needed)));
  }

  private Optional<BatchNormModel> learn(Dataset<?> batch, RowsNeeded needed) {
    Compatibility.requireUpdatable(this);
    Training training = new Training(shared, batch.schema());
    Compatibility.requireSameFeatures(names, training.features());
    return training
        .next(batch, learned, groups(), needed)
        .map(
            outcome -> {
              BatchNormModel updated = new BatchNormModel(uid, names, outcome);
              copyValues(updated, ParamMap.empty());
              updated.setParent(parent());
              updated.session = batch.sparkSession();
              return updated;
            });
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
      throw Errors.nullParameter("models");
    }
    BatchNormModel first = models.stream().findFirst().orElseThrow(Errors::noModels);
    if (models.size() == 1) {
      return first.copy(ParamMap.empty());
    }
    models.stream().skip(1).forEach(other -> Compatibility.requireMergeable(first, other));
    Learned all = Learned.merged(models.stream().map(BatchNormModel::learned).toList());
    Optional<Groups> groups =
        first
            .groupKeys()
            .map(any -> models.stream().map(model -> model.groups().orElseThrow()).toList())
            .map(Groups::merge);
    return first.with(all, groups.orElse(null), ParamMap.empty());
  }

  /**
   * The number of batches that running statistics are of, PyTorch's {@code num_batches_tracked}; 0
   * where statistics are pooled, in which batches leave no trace.
   */
  public long numBatchesTracked() {
    return learned().running().map(RunningStatistics::batches).orElse(0L);
  }

  /** How the fit read its data; none for a model that was loaded or made of known statistics. */
  public Optional<FitSummary> fitSummary() {
    return Optional.ofNullable(fitSummary);
  }

  /**
   * Returns what the fit or update warned of in the log, one text a kind: features that eps
   * shrinks, that have too few values, whose variation may be rounding alone; groups that are
   * normalized by the statistics of all rows. Empty for a model that was loaded or made of known
   * statistics.
   */
  public List<String> fitWarnings() {
    return fitWarnings;
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
    inverse.set(inverse.inverted, !isInverted());
    inverse.recipe();
    return inverse;
  }

  /** Whether this model maps normalized values back. */
  public BooleanParam inverted() {
    return inverted;
  }

  /**
   * What a transform returns: {@code normalized} data, which is the default, the {@code summary} or
   * the {@code statistics} of the model.
   */
  public Param<String> output() {
    return output;
  }

  /** The value of {@link #output()}. */
  public String getOutput() {
    return getOrDefault(output);
  }

  /**
   * Sets what {@link #transform} returns. Where a model cannot be asked, as over Spark Connect, its
   * transform of any dataset, which is not read, tells what it knows: {@code summary} gives {@link
   * #summary()}; {@code statistics} one row of count, numBatchesTracked, numFeatures, featureNames,
   * mean, variance and std.
   *
   * @throws IllegalArgumentException if it is neither of these nor {@code normalized}
   */
  public BatchNormModel setOutput(String value) {
    set(output, value);
    return this;
  }

  /**
   * Returns {@code dataset} with the column or columns that are written, unless {@link #setOutput}
   * asks for what the model itself knows. Lazy; with handleInvalid error, a null, NaN or infinite
   * value fails the task that reads it.
   *
   * @throws IllegalArgumentException if a column is missing or of the wrong type, if there are more
   *     or fewer features than were fitted on, or if an output column exists and is not the input
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return switch (Choice.of(TransformOutput.class, getOutput())) {
      case NORMALIZED ->
          DataSession.of(
              dataset,
              () ->
                  ColumnErrors.explained(
                      dataset, () -> normalization(dataset.schema()).transform(dataset)));
      case SUMMARY -> tables(dataset.sparkSession()).summary();
      case STATISTICS -> tables(dataset.sparkSession()).statistics();
    };
  }

  private Normalization normalization(StructType schema) {
    OutputSchema output = output(schema);
    if (groups().isEmpty()) {
      return new Normalization(map(), columnNames(), output, shared.handling());
    }
    GroupColumns columns = shared.groupColumns(schema).orElseThrow();
    GroupRecipe groupRecipe =
        new GroupRecipe(
            recipe(), direction(), Choice.of(SmallGroup.class, getSmallGroup()), statistics());
    UnseenGroup unseen = Choice.of(UnseenGroup.class, getUnseenGroup());
    return new Normalization(
        groups.maps().of(columns, groupRecipe, unseen),
        groups.maps().publicly(columns, groupRecipe, unseen),
        columnNames(),
        output,
        shared.handling());
  }

  /** How all rows are mapped, whatever group they are of. */
  AffineMap map() {
    return direction().map(statistics(), recipe());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return switch (Choice.of(TransformOutput.class, getOutput())) {
      case NORMALIZED -> {
        recipe();
        yield output(schema).in(schema);
      }
      case SUMMARY -> ModelTables.summarySchema(this);
      case STATISTICS -> SummarySchema.STATISTICS;
    };
  }

  @Override
  public BatchNormModel copy(ParamMap extra) {
    BatchNormModel copy = with(learned, groups, extra);
    copy.fitSummary = fitSummary;
    copy.fitWarnings = fitWarnings;
    return copy;
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
            learned == null ? "none" : numFeatures(),
            getEps(),
            getCorrection());
    return model
        + shown(inputCol())
        + shown(inputCols())
        + shown(outputCol())
        + shown(outputCols())
        + shown(groupCols())
        + (isInverted() ? ", inverse" : "");
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
   * About how many bytes the statistics take. Spark Connect asks, from Spark 4.1 on; left to itself
   * it would count the session that groups hold, too.
   */
  public long estimatedSize() {
    return SizeEstimator.estimate(learned) + (groups == null ? 0 : groups.bytes());
  }

  /** The name of feature {@code j}. */
  String featureName(int j) {
    return names.name(j, isSet(inputCol()) ? getInputCol() : UNNAMED_COLUMN);
  }

  SavedModel saved() {
    return new SavedModel(learned(), names);
  }

  Statistics statistics() {
    return learned().statistics();
  }

  FeatureNames names() {
    return names;
  }

  /**
   * The groups of a model that was fitted on groups, in a session that runs: those of a model that
   * was loaded are read again where theirs was stopped.
   *
   * @throws IllegalStateException if they are to be there, and are not, or no longer
   */
  Optional<Groups> groups() {
    if (groupKeys().isPresent() && !groups.areAvailable()) {
      groups = groups.readAgain().orElseThrow(() -> Errors.groupsOfAStoppedSession(uid));
    }
    return Optional.ofNullable(groups);
  }

  /**
   * The group columns, by name and type, of a model that was fitted on groups.
   *
   * @throws IllegalStateException if groups are to be there, and are not
   */
  Optional<StructType> groupKeys() {
    if (groups == null && isSet(groupCols())) {
      throw Errors.noGroups(uid);
    }
    if (groups != null && !isSet(groupCols())) {
      throw Errors.groupColsNotSet(groups.keys().fieldNames());
    }
    return Optional.ofNullable(groups).map(Groups::keys);
  }

  /** Lets go of what executors keep of the groups; the model is not to be used any more. */
  void release() {
    if (groups != null) {
      groups.release();
    }
  }

  /** What was learned, which a model that was neither fitted nor loaded has not. */
  Learned learned() {
    if (learned == null) {
      throw Errors.noStatistics(uid);
    }
    return learned;
  }

  /** This model with other statistics. */
  private BatchNormModel with(Learned other, Groups otherGroups, ParamMap extra) {
    BatchNormModel model = new BatchNormModel(uid, other, names, otherGroups);
    copyValues(model, extra);
    model.setParent(parent());
    model.session = session;
    return model;
  }

  /**
   * Returns whether the rows are enough for a variance. Known statistics have counted no rows, and
   * running ones have left out batches that were too small.
   */
  boolean hasEnoughRows() {
    return hasEnoughRows(learned().mode() == RunningMode.POOLED ? getCorrection() : 0);
  }

  private boolean hasEnoughRows(int correction) {
    return learned().moments().map(rows -> rows.sampleSize().isEnough(correction)).orElse(true);
  }

  /** Requires that the params fit the features. */
  void requireApplicable() {
    shared.recipe(numFeatures());
  }

  /** Logs what users should know of what was learned from {@code data}. */
  void warn(Dataset<?> data) {
    fitWarnings = DataSession.of(data, () -> warnings(data.schema()));
    fitWarnings.forEach(LOG::warn);
  }

  private List<String> warnings(StructType schema) {
    FeatureColumns columns = FeatureColumns.of(schema, shared.columnNames());
    List<String> texts =
        new ArrayList<>(
            new FitWarnings(columns, learned(), this::featureName)
                .of(shared.recipe(numFeatures())));
    if (groups != null && Choice.of(SmallGroup.class, getSmallGroup()) == SmallGroup.GLOBAL) {
      int correction = getCorrection();
      FitWarnings.ofGroups(groups.small(correction), groups.size(), correction)
          .ifPresent(texts::add);
    }
    return List.copyOf(texts);
  }

  boolean isInverted() {
    return (boolean) getOrDefault(inverted);
  }

  ColumnNames columnNames() {
    ColumnNames set = shared.columnNames();
    return isInverted() ? set.reversed() : set;
  }

  Direction direction() {
    return isInverted() ? Direction.RESTORING : Direction.NORMALIZING;
  }

  /** What to make of the statistics, which must be possible in the direction of this model. */
  Recipe recipe() {
    if (!hasEnoughRows()) {
      double weight = statistics().totalWeight();
      throw hasEnoughRows(0)
          ? Errors.modelOfSmallWeights(uid, weight)
          : Errors.modelOfOneRow(uid, weight);
    }
    Recipe recipe = shared.recipe(numFeatures());
    for (int j = 0; isInverted() && j < numFeatures(); j++) {
      if (recipe.gammas().isPresent() && recipe.gammas().get()[j] == 0) {
        throw Errors.zeroGamma(featureName(j));
      }
    }
    return recipe;
  }

  private OutputSchema output(StructType schema) {
    ColumnNames columns = columnNames();
    FeatureColumns features = FeatureColumns.of(schema, columns);
    if (features.areNumbers() && features.fields().size() != numFeatures()) {
      throw Errors.wrongColumnCount(features.fields().size(), numFeatures());
    }
    OptionalInt size = features.size();
    if (size.isPresent() && size.getAsInt() != numFeatures()) {
      throw Errors.wrongWidth(features.columnNames()[0], size.getAsInt(), numFeatures());
    }
    OutputSchema output =
        OutputSchema.of(features, columns, names, OptionalInt.of(numFeatures()), shared.handling());
    if (!isInverted()) {
      output.requireNewOrInPlace(schema, features);
    }
    if (groupKeys().isEmpty()) {
      return output;
    }
    shared.groupColumns(schema).orElseThrow().requireTypesOf(groups.keys());
    return Choice.of(UnseenGroup.class, getUnseenGroup()) == UnseenGroup.NULL
        ? output.nullable()
        : output;
  }

  private interface PerFeature {
    double value(int j);
  }

  private Vector perFeature(PerFeature value) {
    double[] values = new double[numFeatures()];
    for (int j = 0; j < values.length; j++) {
      values[j] = value.value(j);
    }
    return Vectors.dense(values);
  }
}
