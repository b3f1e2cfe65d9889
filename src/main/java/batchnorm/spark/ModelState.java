package batchnorm.spark;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.DataSession;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.errors.MergeErrors;
import batchnorm.spark.errors.ModelErrors;
import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.fit.FitWarnings;
import batchnorm.spark.fit.Fitted;
import batchnorm.spark.model.Groups;
import batchnorm.spark.model.SavedGroups;
import batchnorm.spark.model.SavedModel;
import batchnorm.spark.model.SavedStage;
import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.NotAPart;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.RunningMode;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.UnseenGroup;
import batchnorm.spark.transform.TransformPlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SizeEstimator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learned statistics of a model, for all rows and for groups, and the coefficients and columns that
 * follow from its params.
 */
final class ModelState implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNorm");

  /** Name of a column of unnamed features if no input column is set. */
  private static final String UNNAMED_COLUMN = "feature";

  private final SharedParams params;

  /** Null for a model without statistics. */
  private final Learned learned;

  private final FeatureNames names;

  /** Null for a model without groups; not sent to tasks, which receive only coefficients. */
  private transient Groups groups;

  /** Null for a model that was neither fitted nor loaded; not sent to tasks. */
  private transient SparkSession session;

  /** Null except for a fitted model and its copies. */
  private FitSummary fitSummary;

  private List<String> fitWarnings = List.of();

  /**
   * Creates the state of a model.
   *
   * @param learned null for a model without statistics
   * @param groups null for a model without groups
   */
  ModelState(SharedParams params, Learned learned, FeatureNames names, Groups groups) {
    this.params = params;
    this.learned = learned;
    this.names = names;
    this.groups = groups;
  }

  /** Creates the state of a model fitted in the session {@code from}. */
  ModelState(
      SharedParams params, Learned learned, FeatureNames names, Fitted fitted, SparkSession from) {
    this(params, learned, names, fitted.groups().isPresent() ? Groups.of(fitted) : null);
    fitSummary = fitted.summary();
    session = from;
  }

  /** Returns the same statistics for a stage with other {@code params}. */
  ModelState with(SharedParams others) {
    return new ModelState(others, learned, names, groups);
  }

  /** Returns the state of a copy of the model with the params {@code copied}. */
  ModelState copy(SharedParams copied) {
    ModelState copy = with(copied);
    copy.session = session;
    copy.fitSummary = fitSummary;
    copy.fitWarnings = fitWarnings;
    return copy;
  }

  /** Returns the merged state of all {@code states}, which must be compatible. */
  static ModelState merged(SharedParams params, List<ModelState> states) {
    ModelState first = states.get(0);
    Learned all = Learned.merged(states.stream().map(ModelState::learned).toList());
    Optional<Groups> groups =
        first
            .groupKeys()
            .map(any -> states.stream().map(state -> state.groups().orElseThrow()).toList())
            .map(Groups::merge);
    ModelState merged = new ModelState(params, all, first.names, groups.orElse(null));
    merged.session = first.session;
    return merged;
  }

  /**
   * Returns the state of the rows of some groups.
   *
   * @param firsts the values of the first group column, a string; empty for all groups
   * @param byOthers true to group them by the other columns alone
   */
  static ModelState selected(
      SharedParams params, ModelState all, Optional<Set<String>> firsts, boolean byOthers) {
    Groups.Selected some = all.groups().orElseThrow().select(firsts, byOthers);
    Learned rows = pooled(all.numFeatures(), some.rows());
    ModelState selected = new ModelState(params, rows, all.names, some.groups().orElse(null));
    selected.session = all.session;
    return selected;
  }

  /**
   * Returns the state of groups whose vectors are all null, and do not tell how many features they
   * have.
   */
  static ModelState sizedTo(int features, SharedParams params, ModelState unknown) {
    Learned rows = pooled(features, unknown.learned().moments().orElseThrow());
    Groups groups = unknown.groups().orElseThrow().sizedTo(features);
    ModelState sized = new ModelState(params, rows, unknown.names, groups);
    sized.session = unknown.session;
    return sized;
  }

  private static Learned pooled(int features, Moments rows) {
    return Learned.pooled(Moments.of(features, 0, Dyadic.ZERO).merge(rows));
  }

  /** Returns the state of the rows of {@code all} without those of {@code part}. */
  static ModelState difference(SharedParams params, ModelState all, ModelState part) {
    Learned rest = rest(all, part);
    Optional<Groups> groups =
        all.groupKeys().map(any -> all.groups().orElseThrow().minus(part.groups().orElseThrow()));
    ModelState difference = new ModelState(params, rest, all.names, groups.orElse(null));
    difference.session = all.session;
    return difference;
  }

  private static Learned rest(ModelState all, ModelState part) {
    try {
      Learned rest = all.learned().minus(part.learned());
      if (rest.moments().orElseThrow().rows() == 0) {
        throw MergeErrors.nothingRemains();
      }
      return rest;
    } catch (NotAPart e) {
      throw e.feature().isEmpty()
          ? MergeErrors.rowsAreNoPart(all.learned().count(), part.learned().count())
          : MergeErrors.valuesAreNoPart(all.featureName(e.feature().getAsInt()));
    }
  }

  /** Reads the saved data other than the statistics: the groups, if there are any. */
  void load(SavedStage saved, SparkSession from) {
    session = from;
    if (params.ifSet(params.groupCols).isPresent()
        || SavedGroups.exist(saved.path(), saved.configuration())) {
      long rows = learned.moments().map(Moments::rows).orElse(0L);
      OptionalLong checksum = saved.checksum(SavedGroups.FOLDER);
      groups = new SavedGroups(saved.path(), checksum, numFeatures(), rows).read(from);
    }
  }

  /** Writes the statistics of all rows and of groups, and returns their checksums by folder. */
  Map<String, Long> write(String path, SparkSession by) {
    Optional<Groups> written = groups();
    Map<String, Long> checksums = new LinkedHashMap<>();
    checksums.put(SavedModel.FOLDER, new SavedModel(learned(), names).write(path, by));
    written.ifPresent(some -> checksums.put(SavedGroups.FOLDER, SavedGroups.write(some, path)));
    return checksums;
  }

  SharedParams params() {
    return params;
  }

  /** Returns the statistics; a model that was neither fitted nor loaded has none. */
  Learned learned() {
    if (learned == null) {
      throw ModelErrors.noStatistics(params.uid());
    }
    return learned;
  }

  boolean hasStatistics() {
    return learned != null;
  }

  Statistics statistics() {
    return learned().statistics();
  }

  FeatureNames names() {
    return names;
  }

  Optional<FitSummary> fitSummary() {
    return Optional.ofNullable(fitSummary);
  }

  List<String> fitWarnings() {
    return fitWarnings;
  }

  int numFeatures() {
    return statistics().size();
  }

  /** The name of feature {@code j}. */
  String featureName(int j) {
    return names.name(j, params.ifSet(params.inputCol).orElse(UNNAMED_COLUMN));
  }

  String[] featureNames() {
    return IntStream.range(0, numFeatures()).mapToObj(this::featureName).toArray(String[]::new);
  }

  Vector mean() {
    return perFeature(j -> statistics().mean(j));
  }

  Vector variance(int correction) {
    return perFeature(j -> statistics().variance(j, correction));
  }

  Vector std() {
    return perFeature(j -> statistics().deviation(j, params.correction()));
  }

  /** Approximate memory of the statistics of this model and of its groups, in bytes. */
  long estimatedSize() {
    return SizeEstimator.estimate(learned) + (groups == null ? 0 : groups.bytes());
  }

  /**
   * Returns the session of the fitted data or of the loaded model; the thread's session if there is
   * none or it was stopped.
   */
  Optional<SparkSession> runningSession() {
    return Optional.ofNullable(session).filter(DataSession::isRunning).or(DataSession::current);
  }

  /**
   * Returns the groups of a model with groups, in a running session. If the session of a loaded
   * model was stopped, its groups are read again.
   *
   * @throws IllegalStateException if the model should have groups that are missing or were released
   */
  Optional<Groups> groups() {
    if (groupKeys().isPresent() && !groups.areAvailable()) {
      groups =
          groups.readAgain().orElseThrow(() -> ModelErrors.groupsOfAStoppedSession(params.uid()));
    }
    return Optional.ofNullable(groups);
  }

  /**
   * Returns the group columns, by name and type, of a model with groups.
   *
   * @throws IllegalStateException if the model should have groups that are missing
   */
  Optional<StructType> groupKeys() {
    boolean expected = params.ifSet(params.groupCols).isPresent();
    if (groups == null && expected) {
      throw ModelErrors.noGroups(params.uid());
    }
    if (groups != null && !expected) {
      throw ModelErrors.groupColsNotSet(groups.keys().fieldNames());
    }
    return groups == null ? Optional.empty() : Optional.of(groups.keys());
  }

  /** Releases the groups on executors; the model must not be used afterwards. */
  void release() {
    if (groups != null) {
      groups.release();
    }
  }

  /**
   * Returns whether the rows are enough for a variance. This is true for known statistics, which
   * have no rows, and for running ones, which skip small batches.
   */
  boolean hasEnoughRows() {
    return hasEnoughRows(learned().mode() == RunningMode.POOLED ? params.correction() : 0);
  }

  private boolean hasEnoughRows(int correction) {
    return learned().moments().map(rows -> rows.sampleSize().isEnough(correction)).orElse(true);
  }

  /** Returns the parameters of the formula, and requires that they match the features. */
  Recipe formula() {
    return params.recipe(numFeatures());
  }

  /**
   * Returns the parameters of the formula, and requires that they are valid for the model's
   * direction.
   */
  Recipe recipe() {
    if (!hasEnoughRows()) {
      double weight = statistics().totalWeight();
      throw hasEnoughRows(0)
          ? ModelErrors.modelOfSmallWeights(params.uid(), weight)
          : ModelErrors.modelOfOneRow(params.uid(), weight);
    }
    Recipe recipe = formula();
    for (int j = 0; params.isInverted() && j < numFeatures(); j++) {
      if (recipe.gamma(j) == 0) {
        throw TransformErrors.zeroGamma(featureName(j));
      }
    }
    return recipe;
  }

  Direction direction() {
    return params.isInverted() ? Direction.RESTORING : Direction.NORMALIZING;
  }

  /** Returns the coefficients from the statistics of all rows, without groups. */
  Coefficients coefficients() {
    return direction().coefficients(statistics(), recipe());
  }

  ColumnNames columnNames() {
    ColumnNames set = params.columnNames();
    return params.isInverted() ? set.reversed() : set;
  }

  /** Returns the output columns of a transform of data with {@code schema}. */
  OutputSchema output(StructType schema) {
    ColumnNames columns = columnNames();
    FeatureColumns features = FeatureColumns.of(schema, columns);
    if (features.areNumbers() && features.fields().size() != numFeatures()) {
      throw TransformErrors.wrongColumnCount(features.fields().size(), numFeatures());
    }
    OptionalInt size = features.size();
    if (size.isPresent() && size.getAsInt() != numFeatures()) {
      throw TransformErrors.wrongWidth(features.columnNames()[0], size.getAsInt(), numFeatures());
    }
    OutputSchema output =
        OutputSchema.of(features, columns, names, OptionalInt.of(numFeatures()), params.handling());
    if (!params.isInverted()) {
      output.requireNewOrInPlace(schema, features);
    }
    if (groupKeys().isEmpty()) {
      return output;
    }
    params.groupColumns(schema).orElseThrow().requireTypesOf(groups.keys());
    return params.unseenGroup() == UnseenGroup.NULL ? output.nullable() : output;
  }

  /** Returns the plan of a transform of data with {@code schema}. */
  TransformPlan plan(StructType schema) {
    OutputSchema output = output(schema);
    if (groups().isEmpty()) {
      return new TransformPlan(coefficients(), columnNames(), output, params.handling());
    }
    GroupColumns columns = params.groupColumns(schema).orElseThrow();
    GroupRecipe groupRecipe =
        new GroupRecipe(recipe(), direction(), params.smallGroup(), statistics());
    UnseenGroup unseen = params.unseenGroup();
    return new TransformPlan(
        groups.coefficients().of(columns, groupRecipe, unseen),
        columnNames(),
        output,
        params.handling());
  }

  /** Logs the warnings of a fit on {@code data}. */
  void warn(Dataset<?> data) {
    fitWarnings = DataSession.of(data, () -> warnings(data.schema()));
    fitWarnings.forEach(LOG::warn);
  }

  private List<String> warnings(StructType schema) {
    FeatureColumns columns = FeatureColumns.of(schema, params.columnNames());
    List<String> texts =
        new ArrayList<>(new FitWarnings(columns, learned(), this::featureName).of(formula()));
    if (groups != null && params.smallGroup() == SmallGroup.GLOBAL) {
      int correction = params.correction();
      FitWarnings.ofGroups(groups.small(correction), groups.size(), correction)
          .ifPresent(texts::add);
    }
    return List.copyOf(texts);
  }

  private Vector perFeature(IntToDoubleFunction value) {
    return Vectors.dense(IntStream.range(0, numFeatures()).mapToDouble(value).toArray());
  }
}
