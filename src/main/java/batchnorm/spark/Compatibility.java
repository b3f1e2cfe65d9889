package batchnorm.spark;

import batchnorm.spark.columns.ColumnPath;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.MergeErrors;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.RunningMode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.types.StructType;

/** Checks that a model can be updated with more data or merged with another model. */
final class Compatibility {
  private Compatibility() {}

  /** Requires that {@code model} can be updated with data. */
  static void requireUpdatable(ModelState model) {
    Learned learned = model.learned();
    SharedParams params = model.params();
    RunningMode asked = params.runningMode();
    boolean exact = learned.moments().isPresent();
    if (!exact && asked != RunningMode.EXPONENTIAL) {
      throw MergeErrors.noExactSums(params.uid());
    }
    model
        .groupKeys()
        .ifPresent(keys -> requireSameGroupColumns(keys, params.value(params.groupCols)));
    if (exact && asked != learned.mode()) {
      throw MergeErrors.otherRunningStatistics(learned.mode().text(), asked.text());
    }
    if (exact && learned.moments().get().isWeighted() && params.weightColumn().isEmpty()) {
      throw MergeErrors.weightColNotSet();
    }
  }

  private static void requireSameGroupColumns(StructType keys, String[] found) {
    String[] fitted = keys.fieldNames();
    String[] names = Arrays.stream(found).map(ColumnPath::canonical).toArray(String[]::new);
    if (!Arrays.equals(keys(fitted), keys(names))) {
      throw MergeErrors.otherGroupColumns(fitted, found);
    }
  }

  /** Requires that the columns of a batch have the model's features. */
  static void requireSameFeatures(FeatureNames names, FeatureColumns batch) {
    Optional<String[]> known = names.given();
    Optional<String[]> found = batch.names().given();
    if (known.isPresent()
        && found.isPresent()
        && !Arrays.equals(keys(known.get()), keys(found.get()))) {
      throw MergeErrors.otherFeatures(known.get(), found.get());
    }
  }

  /** Requires that a stage that continues a model reads the model's input columns. */
  static void requireSameInput(SharedParams initial, SharedParams stage) {
    Optional<String> fitted = initial.ifSet(initial.inputCol);
    Optional<String> found = stage.ifSet(stage.inputCol);
    if (fitted.isPresent() && stage.ifSet(stage.inputCols).isPresent()) {
      throw MergeErrors.otherInputKind("inputCol", "inputCols");
    }
    if (initial.ifSet(initial.inputCols).isPresent() && found.isPresent()) {
      throw MergeErrors.otherInputKind("inputCols", "inputCol");
    }
    if (fitted.isPresent()
        && found.isPresent()
        && !SchemaLookup.key(fitted.get()).equals(SchemaLookup.key(found.get()))) {
      throw MergeErrors.otherInput(fitted.get(), found.get());
    }
    if (initial.weightColumn().isPresent() && stage.weightColumn().isEmpty()) {
      throw MergeErrors.weightColNotSet();
    }
  }

  private static String[] keys(String[] names) {
    return Arrays.stream(names).map(SchemaLookup::key).toArray(String[]::new);
  }

  /** Requires that both models can be merged. */
  static void requireMergeable(ModelState one, ModelState other) {
    for (ModelState model : List.of(one, other)) {
      if (model.learned().moments().isEmpty()) {
        throw MergeErrors.noExactSums(model.params().uid());
      }
    }
    RunningMode mode = one.learned().mode();
    if (mode != other.learned().mode()) {
      throw MergeErrors.modelsDiffer(
          "runningStatistics", mode.text(), other.learned().mode().text());
    }
    if (mode == RunningMode.EXPONENTIAL) {
      throw MergeErrors.exponentialModelsDoNotMerge();
    }
    requireSameNames(one, other);
    requireSameParams(one.params(), other.params());
    requireSameGroupTypes(one, other);
  }

  /** Requires that {@code part} can be taken out of {@code all}. */
  static void requireSubtractable(ModelState all, ModelState part) {
    requirePooled(all);
    requireMergeable(all, part);
  }

  /** Requires that rows can be taken out of {@code model}. */
  static void requirePooled(ModelState model) {
    RunningMode mode = model.learned().mode();
    if (mode != RunningMode.POOLED) {
      throw MergeErrors.runningModelsAreNotSubtracted(mode.text());
    }
  }

  private static void requireSameParams(SharedParams one, SharedParams other) {
    for (Param<?> param : one.stage().params()) {
      if (one.hasEffect(param)) {
        String here = one.encoded(param).orElse("not set");
        String there = other.encoded(other.stage().getParam(param.name())).orElse("not set");
        if (!here.equals(there)) {
          throw MergeErrors.modelsDiffer(param.name(), here, there);
        }
      }
    }
  }

  private static void requireSameGroupTypes(ModelState one, ModelState other) {
    Optional<StructType> here = one.groupKeys();
    Optional<StructType> there = other.groupKeys();
    if (!here.equals(there)) {
      throw MergeErrors.groupTypesDiffer(
          here.orElseThrow().simpleString(), there.orElseThrow().simpleString());
    }
  }

  private static void requireSameSets(String[] one, String[] other) {
    String[] here = without(one, other);
    String[] there = without(other, one);
    if (here.length > 0 || there.length > 0) {
      throw MergeErrors.featureSetsDiffer(here, there);
    }
  }

  private static String[] without(String[] names, String[] others) {
    Set<String> known = Set.copyOf(Arrays.asList(others));
    return Arrays.stream(names).filter(name -> !known.contains(name)).toArray(String[]::new);
  }

  private static void requireSameNames(ModelState one, ModelState other) {
    Optional<String[]> given = one.names().given();
    if (given.isPresent() && other.names().given().isPresent()) {
      requireSameSets(given.get(), other.names().given().get());
    }
    if (one.numFeatures() != other.numFeatures()) {
      throw MergeErrors.featureCountsDiffer(one.numFeatures(), other.numFeatures());
    }
    if (given.isEmpty() && other.names().given().isEmpty()) {
      return; // They are named by their column, which is compared as a parameter.
    }
    String[] here = one.featureNames();
    String[] there = other.featureNames();
    for (int j = 0; j < here.length; j++) {
      if (!here[j].equals(there[j])) {
        throw MergeErrors.featureNamesDiffer(j, here[j], there[j]);
      }
    }
  }
}
