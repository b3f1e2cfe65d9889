package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.columns.WeightColumn;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.fit.Fit;
import batchnorm.spark.fit.FitWarnings;
import batchnorm.spark.fit.Fitted;
import java.util.Optional;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Makes every feature of a dataset have mean 0 and variance 1, as a batch-normalization layer does
 * with a batch: {@code y = gamma * (x - mean) / sqrt(variance + eps) + beta} (Ioffe, Szegedy: Batch
 * Normalization, 2015, <a href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>, algorithm
 * 1). {@link #fit} computes mean and variance of the whole dataset in one pass; the {@link
 * BatchNormModel} it returns applies the formula.
 *
 * <ul>
 *   <li>The variance's divisor is {@code n - correction}: {@code correction = 0}, the default, as
 *       PyTorch normalizes, {@code 1} as Spark's StandardScaler does. {@code eps} is in squared
 *       units of the feature; with {@code eps = 0} a constant feature gets the scale gamma.
 *   <li>Features are the elements of one vector or array ({@code inputCol}) or several numeric
 *       columns ({@code inputCols}); of those either one vector ({@code outputCol}) or a column
 *       each ({@code outputCols}) is written.
 *   <li>Null, NaN and infinite values are refused, or with {@code handleInvalid} dropped with their
 *       row ({@code skip}) or left out of the statistics ({@code keep}).
 *   <li>Weights are frequencies: a row of weight 3 is three rows, one of weight 0 none.
 * </ul>
 */
public final class BatchNorm extends Estimator<BatchNormModel>
    implements BatchNormParams<BatchNorm>, DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final int MIB = 1 << 20;

  private final String uid;
  private final SharedParams shared;
  private final Param<String> weightCol;
  private final IntParam aggregationDepth;
  private final IntParam maxSliceBytes;

  /** Makes a stage with a uid of its own. */
  public BatchNorm() {
    this(Identifiable$.MODULE$.randomUID("batchNorm"));
  }

  /** Makes a stage with the given uid. */
  public BatchNorm(String uid) {
    this.uid = uid;
    shared = new SharedParams(this);
    weightCol =
        new Param<>(
            this,
            "weightCol",
            "column of the rows' weights, as frequencies",
            SharedParams.valid(value -> SharedParams.requireNames("weightCol", (String) value)));
    aggregationDepth =
        new IntParam(
            this,
            "aggregationDepth",
            "depth of the tree in which partitions are merged (>= 1)",
            SharedParams.valid(value -> requireDepth((int) value)));
    maxSliceBytes =
        new IntParam(
            this,
            "maxSliceBytes",
            "bytes of sums that are merged by one task where features are very many (>= 1 MiB)",
            SharedParams.valid(value -> requireSlice((int) value)));
    shared.setDefaults();
    setDefault(aggregationDepth, 2);
    setDefault(maxSliceBytes, 16 * MIB);
  }

  /** Reads a stage that was saved to {@code path}. */
  public static BatchNorm load(String path) {
    return read().load(path);
  }

  /** Returns a reader of saved stages. */
  public static MLReader<BatchNorm> read() {
    return new StageReader<>(BatchNorm.class) {
      @Override
      BatchNorm read(String path, String uid) {
        return new BatchNorm(uid);
      }
    };
  }

  /**
   * Computes count, mean and variance of every feature.
   *
   * @param dataset the rows; read once, by one job, but for the first of very wide ones: see {@link
   *     #maxSliceBytes()}
   * @throws IllegalArgumentException if a column is missing or of the wrong type; if the weights of
   *     the rows sum to no more than 1; if a value is null, NaN or infinite and handleInvalid is
   *     error; if a weight is negative, null, NaN or infinite; if vectors differ in size; or if
   *     gamma or beta has not one value per feature
   */
  @Override
  public BatchNormModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    FeatureColumns features = FeatureColumns.of(dataset.schema(), shared.columnNames());
    Fitted fitted =
        new Fit(
                features,
                weightColumn(),
                shared.handling(),
                getAggregationDepth(),
                getMaxSliceBytes())
            .fit(dataset);
    BatchNormModel model = new BatchNormModel(uid, fitted, features.names());
    model.setParent(this);
    copyValues(model, ParamMap.empty());
    new FitWarnings(model.statistics(), model::featureName).log(shared.recipe(model.numFeatures()));
    return model;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    ColumnNames names = shared.columnNames();
    FeatureColumns features = FeatureColumns.of(schema, names);
    weightColumn().ifPresent(name -> WeightColumn.of(schema, name));
    features.size().ifPresent(shared::recipe);
    OutputSchema output =
        OutputSchema.of(features, names, features.names(), features.size(), shared.handling());
    output.requireNewOrInPlace(schema, names);
    return output.in(schema);
  }

  @Override
  public BatchNorm copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public SharedParams shared() {
    return shared;
  }

  /** The column of the rows' weights; none by default. */
  public Param<String> weightCol() {
    return weightCol;
  }

  /** The depth of the tree in which partitions are merged; 2 by default. */
  public IntParam aggregationDepth() {
    return aggregationDepth;
  }

  /**
   * How many bytes of sums one task merges where features are very many; 16 MiB by default, which
   * is some 65,000 features. Rows of more features are given up by a first job and reduced by a
   * second one in slices of so many, each by a task of its own; a task that reads rows sends their
   * sums when they have come to 16 slices, after the batch of rows at hand.
   */
  public IntParam maxSliceBytes() {
    return maxSliceBytes;
  }

  /** The value of {@link #weightCol()}. */
  public String getWeightCol() {
    return getOrDefault(weightCol);
  }

  /** The value of {@link #aggregationDepth()}. */
  public int getAggregationDepth() {
    return (int) getOrDefault(aggregationDepth);
  }

  /** The value of {@link #maxSliceBytes()}. */
  public int getMaxSliceBytes() {
    return (int) getOrDefault(maxSliceBytes);
  }

  /** Sets the numeric column of the rows' weights; without one every row weighs 1. */
  public BatchNorm setWeightCol(String value) {
    set(weightCol, value);
    return this;
  }

  /**
   * Sets the depth of the tree in which partitions are merged; 2 by default.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public BatchNorm setAggregationDepth(int value) {
    set(aggregationDepth, value);
    return this;
  }

  /**
   * Sets {@link #maxSliceBytes()}; less for executors with little memory. It changes no result.
   *
   * @throws IllegalArgumentException if it is less than 1 MiB
   */
  public BatchNorm setMaxSliceBytes(int value) {
    set(maxSliceBytes, value);
    return this;
  }

  private Optional<String> weightColumn() {
    return isSet(weightCol) ? Optional.of(getWeightCol()) : Optional.empty();
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
}
