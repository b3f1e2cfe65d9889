package batchnorm.spark;

import batchnorm.spark.columns.ColumnPath;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.RunningMode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.types.StructType;

/** What must agree before a model takes in more data or another model. */
final class Compatibility {
  /** What models that are merged may differ in: it changes no result. */
  private static final List<String> WITHOUT_EFFECT =
      List.of("aggregationDepth", "maxSliceBytes", "momentum", "output");

  private Compatibility() {}

  /** Requires that {@code model} can take in data. */
  static void requireUpdatable(BatchNormModel model) {
    Learned learned = model.learned();
    RunningMode asked = model.shared().runningMode();
    boolean exact = learned.moments().isPresent();
    if (!exact && asked != RunningMode.EXPONENTIAL) {
      throw Errors.noExactSums(model.uid());
    }
    model.groupKeys().ifPresent(keys -> requireSameGroupColumns(keys, model.getGroupCols()));
    if (exact && asked != learned.mode()) {
      throw Errors.otherRunningStatistics(learned.mode().text(), asked.text());
    }
    if (exact && learned.moments().get().isWeighted() && !model.isSet(model.weightCol())) {
      throw Errors.weightColNotSet();
    }
  }

  private static void requireSameGroupColumns(StructType keys, String[] found) {
    String[] fitted = keys.fieldNames();
    String[] names = Arrays.stream(found).map(ColumnPath::canonical).toArray(String[]::new);
    if (!Arrays.equals(keys(Optional.of(fitted)), keys(Optional.of(names)))) {
      throw Errors.otherGroupColumns(fitted, found);
    }
  }

  /** Requires that the columns of a batch are the features of the model. */
  static void requireSameFeatures(FeatureNames names, FeatureColumns batch) {
    Optional<String[]> known = names.given();
    Optional<String[]> found = batch.names().given();
    if (known.isPresent() && found.isPresent() && !Arrays.equals(keys(known), keys(found))) {
      throw Errors.otherFeatures(known.get(), found.get());
    }
  }

  /** Requires that a stage that continues a model reads what the model was fitted on. */
  static void requireSameInput(BatchNormModel initial, BatchNorm stage) {
    if (initial.isSet(initial.inputCol()) && stage.isSet(stage.inputCols())) {
      throw Errors.otherInputKind("inputCol", "inputCols");
    }
    if (initial.isSet(initial.inputCols()) && stage.isSet(stage.inputCol())) {
      throw Errors.otherInputKind("inputCols", "inputCol");
    }
    if (initial.isSet(initial.inputCol())
        && stage.isSet(stage.inputCol())
        && !SchemaLookup.key(initial.getInputCol()).equals(SchemaLookup.key(stage.getInputCol()))) {
      throw Errors.otherInput(initial.getInputCol(), stage.getInputCol());
    }
    if (initial.isSet(initial.weightCol()) && !stage.isSet(stage.weightCol())) {
      throw Errors.weightColNotSet();
    }
  }

  private static String[] keys(Optional<String[]> names) {
    return Arrays.stream(names.orElseThrow()).map(SchemaLookup::key).toArray(String[]::new);
  }

  /** Requires that the rows of a batch, if they have told their size, are as wide as the model. */
  static void requireSameSize(FeatureColumns features, Moments batch, int expected) {
    if (batch.size() > 0 && batch.size() != expected) {
      throw features.areNumbers()
          ? Errors.wrongColumnCount(batch.size(), expected)
          : Errors.wrongWidth(features.columnNames()[0], batch.size(), expected);
    }
  }

  /** Requires that the data of both models can be put together. */
  static void requireMergeable(BatchNormModel one, BatchNormModel other) {
    for (BatchNormModel model : List.of(one, other)) {
      if (model.learned().moments().isEmpty()) {
        throw Errors.noExactSums(model.uid());
      }
    }
    RunningMode mode = one.learned().mode();
    if (mode != other.learned().mode()) {
      throw Errors.modelsDiffer("runningStatistics", mode.text(), other.learned().mode().text());
    }
    if (mode == RunningMode.EXPONENTIAL) {
      throw Errors.exponentialModelsDoNotMerge();
    }
    requireSameNames(one, other);
    requireSameParams(one, other);
    requireSameGroupTypes(one, other);
  }

  private static void requireSameParams(BatchNormModel one, BatchNormModel other) {
    for (Param<?> param : one.params()) {
      if (!WITHOUT_EFFECT.contains(param.name())) {
        String here = shown(one, param);
        String there = shown(other, other.getParam(param.name()));
        if (!here.equals(there)) {
          throw Errors.modelsDiffer(param.name(), here, there);
        }
      }
    }
  }

  private static void requireSameGroupTypes(BatchNormModel one, BatchNormModel other) {
    Optional<StructType> here = one.groupKeys();
    Optional<StructType> there = other.groupKeys();
    if (!here.equals(there)) {
      throw Errors.modelsDiffer(
          "the type of groupCols",
          here.orElseThrow().simpleString(),
          there.orElseThrow().simpleString());
    }
  }

  private static void requireSameNames(BatchNormModel one, BatchNormModel other) {
    if (one.numFeatures() != other.numFeatures()) {
      throw Errors.featureCountsDiffer(one.numFeatures(), other.numFeatures());
    }
    if (one.names().given().isEmpty() && other.names().given().isEmpty()) {
      return; // Named after their column, which is compared as a parameter.
    }
    String[] here = one.featureNames();
    String[] there = other.featureNames();
    for (int j = 0; j < here.length; j++) {
      if (!here[j].equals(there[j])) {
        throw Errors.featureNamesDiffer(j, here[j], there[j]);
      }
    }
  }

  /** The value of a param as it is saved; a default counts as set but for that of the output. */
  private static <T> String shown(BatchNormModel model, Param<T> param) {
    boolean counts = param.name().equals("outputCol") ? model.isSet(param) : model.isDefined(param);
    return counts ? param.jsonEncode(model.getOrDefault(param)) : "not set";
  }
}
