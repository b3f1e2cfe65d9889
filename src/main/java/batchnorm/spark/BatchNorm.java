package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.ModelErrors;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.errors.TableErrors;
import batchnorm.spark.fit.ExplainedErrors;
import batchnorm.spark.tables.Tables;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Normalizes every feature of a dataset to mean 0 and variance 1, as a batch-normalization layer
 * does with a batch: {@code y = gamma * (x - mean) / sqrt(variance + eps) + beta} (Ioffe, Szegedy:
 * Batch Normalization, 2015, <a href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>,
 * algorithm 1). {@link #fit} computes mean and variance of the whole dataset in one pass; the
 * {@link BatchNormModel} it returns applies the formula.
 *
 * <ul>
 *   <li>The variance's divisor is {@code n - correction}: {@code correction = 0}, the default, as
 *       in PyTorch, or {@code 1}, as in Spark's StandardScaler. {@code eps} is in squared units of
 *       the feature; with {@code eps = 0}, a constant feature has the scale gamma.
 *   <li>Features are the elements of one vector or array ({@code inputCol}) or several numeric
 *       columns ({@code inputCols}). Several columns are written to one vector ({@code outputCol})
 *       or to a column each ({@code outputCols}).
 *   <li>Null, NaN and infinite values are errors, unless {@code handleInvalid} is {@code skip},
 *       which drops their rows, or {@code keep}, which excludes them from the statistics.
 *   <li>Weights are frequencies: a row of weight 3 counts as three rows, and a row of weight 0 is
 *       ignored.
 * </ul>
 */
public final class BatchNorm extends Estimator<BatchNormModel>
    implements BatchNormParams<BatchNorm>, DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final SharedParams shared;

  /** Initial model, if it was given as an object; null if none or a path was given. */
  private BatchNormModel givenModel;

  /** Creates a stage with a new uid. */
  public BatchNorm() {
    this(Identifiable$.MODULE$.randomUID("batchNorm"));
  }

  /** Creates a stage with the given uid. */
  public BatchNorm(String uid) {
    this.uid = uid;
    shared = new SharedParams(this);
  }

  /** Reads the stage saved at {@code path}. */
  public static BatchNorm load(String path) {
    return read().load(path);
  }

  /** Returns a reader of saved stages. */
  public static MLReader<BatchNorm> read() {
    return StageReader.of(
        BatchNorm.class,
        (saved, session) -> StageReader.withParams(saved, new BatchNorm(saved.uid())));
  }

  /**
   * Computes count, mean and variance of every feature. With an initial model, its data is
   * included.
   *
   * @param dataset the rows; read once by one job, except that very wide rows may need a second
   *     job, see {@link #maxSliceBytes()}
   * @throws IllegalArgumentException if a column is missing or of the wrong type; if the weights of
   *     the rows sum to no more than 1; if a value is null, NaN or infinite and handleInvalid is
   *     error; if a weight is negative, null, NaN or infinite; if vectors differ in size, or have
   *     more features than the driver's heap can hold means and variances of; if the number of
   *     values of gamma or beta is not that of features; if momentum is set and the running
   *     statistics are not exponential; or if the initial model cannot be updated, see {@link
   *     BatchNormModel#update}
   */
  @Override
  public BatchNormModel fit(Dataset<?> dataset) {
    BatchNormModel model = DataSession.of(dataset, () -> fitted(dataset));
    model.setParent(this);
    return model;
  }

  /**
   * Fits on a table and follows it: the first call reads all of its files, and the next ones read
   * those that were added since, and take out the sums of those that were removed. The result is
   * bit for bit that of {@link #fit} on the table as it is; but minimum and maximum are unknown
   * once files were removed or replaced.
   *
   * <p>The model is saved in a directory of versions, from which {@link BatchNormModel#load} reads
   * the newest, with the sums of each file beside it. Where these are of no use, since the columns
   * of the stage have other names or types, the weights, groups or handleInvalid are others, or the
   * table is another one, all files are read again, and the log says why.
   *
   * @param table the name of a Delta or Iceberg table, or the path of a folder of one or of Parquet
   *     files, which are known by path, size and time of modification
   * @param modelPath the directory of the versions of the model; a new one, or that of an earlier
   *     call
   * @throws IllegalArgumentException for the reasons of {@link #fit}; if there is no such table, or
   *     its files are not known, as those of a view; if runningStatistics is not pooled, or an
   *     initial model is set; or if the directory has a model or the versions of a stream
   * @throws IllegalStateException if another process writes a version at the same time
   * @throws IOException if the directory cannot be read or written
   */
  public BatchNormModel fitIncrementally(String table, String modelPath) throws IOException {
    return followed(Tables.read(DataSession.required(), table), table, modelPath).model();
  }

  /**
   * Fits on a table and follows it like {@link #fitIncrementally}, and returns what was read, too.
   *
   * @param table the dataset as it is read from a table of Delta or Iceberg or a folder of Parquet
   *     files, without filters, selections or joins
   * @throws IllegalArgumentException for the reasons of {@link #fitIncrementally}
   * @throws IllegalStateException if another process writes a version at the same time
   * @throws IOException if the directory cannot be read or written
   */
  public TableFit followTable(Dataset<?> table, String modelPath) throws IOException {
    return followed(table.toDF(), "The dataset", modelPath);
  }

  private TableFit followed(Dataset<Row> table, String name, String modelPath) throws IOException {
    ExplainedErrors.explained(table, () -> transformSchema(table.schema()));
    if (hasInitial()) {
      throw TableErrors.initialModel();
    }
    BatchNormModel params = model(own -> new ModelState(own, null, FeatureNames.UNNAMED, null));
    try (TableTraining training = new TableTraining(params, table, name, modelPath)) {
      TableFit fit = training.fit();
      fit.model().setParent(this);
      return fit;
    }
  }

  private BatchNormModel fitted(Dataset<?> dataset) {
    ExplainedErrors.explained(dataset, () -> transformSchema(dataset.schema()));
    Optional<BatchNormModel> initial = initial();
    if (initial.isPresent()) {
      return continuing(initial.get()).update(dataset);
    }
    BatchNormModel model = learned(dataset, MinimumRows.ENOUGH_FOR_A_VARIANCE).orElseThrow();
    model.state().warn(dataset);
    return model;
  }

  /**
   * Returns the model of the first data; empty if there are too few rows. The schema was checked.
   */
  Optional<BatchNormModel> first(Dataset<?> dataset, MinimumRows minimum) {
    return DataSession.of(dataset, () -> learned(dataset, minimum));
  }

  private Optional<BatchNormModel> learned(Dataset<?> dataset, MinimumRows minimum) {
    return new Training(shared, dataset.schema())
        .first(dataset, minimum)
        .map(state -> model(state::copy));
  }

  /** Returns {@code initial} with the params of this stage; both must read the same columns. */
  BatchNormModel continuing(BatchNormModel initial) {
    Compatibility.requireSameInput(initial.shared(), shared);
    return model(initial.state()::with);
  }

  private BatchNormModel model(Function<SharedParams, ModelState> state) {
    BatchNormModel model = new BatchNormModel(uid, state);
    copyValues(model, ParamMap.empty());
    return model;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    ColumnNames names = shared.columnNames();
    FeatureColumns features = FeatureColumns.of(schema, names);
    shared.requireConsistent();
    shared.groupColumns(schema);
    shared.weightColumn().ifPresent(name -> new SchemaLookup(schema).weight(name));
    features.size().ifPresent(shared::recipe);
    OutputSchema output =
        OutputSchema.of(features, names, features.names(), features.size(), shared.handling());
    output.requireNewOrInPlace(schema, features);
    return output.in(schema);
  }

  /** Returns a writer of this stage; an initial model must be given by its path. */
  @Override
  public MLWriter write() {
    if (givenModel != null && !isSet(initialModel())) {
      throw ModelErrors.initialModelInMemory(uid);
    }
    return StageWriter.of(this, (path, session) -> Map.of());
  }

  @Override
  public BatchNorm copy(ParamMap extra) {
    BatchNorm copy = defaultCopy(extra);
    copy.givenModel = givenModel;
    return copy;
  }

  /** The path of the model whose statistics a fit continues; none by default. */
  public Param<String> initialModel() {
    return shared.initialModel;
  }

  /** The value of {@link #initialModel()}. */
  public String getInitialModel() {
    return getOrDefault(initialModel());
  }

  /**
   * Sets the path of the model whose statistics {@link #fit} continues: the result equals one fit
   * on that model's data and the new data together, with the parameters of this stage.
   */
  public BatchNorm setInitialModel(String path) {
    set(initialModel(), path);
    givenModel = null;
    return this;
  }

  /**
   * Sets the model whose statistics {@link #fit} continues, see {@link #setInitialModel(String)}.
   */
  public BatchNorm setInitialModel(BatchNormModel model) {
    if (model == null) {
      throw ParamErrors.nullParameter("initialModel");
    }
    clear(initialModel());
    givenModel = model;
    return this;
  }

  /** Returns whether an initial model is set, without loading it. */
  boolean hasInitial() {
    return isSet(initialModel()) || givenModel != null;
  }

  /** The model whose statistics a fit continues. */
  Optional<BatchNormModel> initial() {
    return isSet(initialModel())
        ? Optional.of(BatchNormModel.load(getInitialModel()))
        : Optional.ofNullable(givenModel);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public SharedParams shared() {
    return shared;
  }
}
