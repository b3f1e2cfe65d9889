package batchnorm.spark.errors;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Every error that a user of this library can cause, named by the situation. Each text says what
 * was found, what was expected and what to do.
 */
public final class Errors {
  private Errors() {}

  // ---- which columns are read and written

  public static IllegalArgumentException missingColumn(String column, String[] existing) {
    return columnError(
        column,
        "Column '%s' does not exist; the dataset has %s. Set the name of an existing column.",
        column,
        quoted(existing));
  }

  public static IllegalArgumentException ambiguousColumn(String column) {
    return error(
        "Column '%s' is ambiguous: the dataset has several columns of that name. "
            + "Rename or drop all but one.",
        column);
  }

  public static IllegalArgumentException notAFeatureColumn(String column, String type) {
    return columnError(
        column,
        "Column '%s' has type %s; BatchNorm needs a numeric or vector column, or an array<double> "
            + "or array<float>. Cast it first, or set another inputCol.",
        column,
        type);
  }

  public static IllegalArgumentException oldVectorColumn(String column) {
    return error(
        "Column '%s' has vectors of org.apache.spark.mllib.linalg, the old ones; expected those of "
            + "org.apache.spark.ml.linalg. Convert it with MLUtils.convertVectorColumnsToML.",
        column);
  }

  public static IllegalArgumentException notAVectorColumn(String column, String type) {
    return error(
        "Column '%s' has type %s; the inverse of a model that makes one vector of several columns "
            + "needs that vector. Convert it first, an array with array_to_vector.",
        column, type);
  }

  public static IllegalArgumentException notANumericColumn(String column, String type) {
    return columnError(
        column,
        "Column '%s' has type %s; BatchNorm needs a numeric or vector column, and inputCols takes "
            + "numeric ones. Cast it first, or remove it from inputCols; one vector or array goes "
            + "into inputCol.",
        column,
        type);
  }

  public static IllegalArgumentException notAWeightColumn(String column, String type) {
    return columnError(
        column,
        "Weight column '%s' has type %s; weightCol needs a numeric column. Cast it first, or set "
            + "another weightCol.",
        column,
        type);
  }

  // ---- columns of CSV files, whose types Spark guesses

  public static IllegalArgumentException separatorOfCsv(String column, String separator) {
    return error(
        "The CSV file has one column, '%s', which is several names; expected a column each. Read it "
            + "with %s.",
        column, csvOption("sep", separator.equals("\t") ? "\\t" : separator));
  }

  public static IllegalArgumentException severalNumbersInCsv(
      String column, String example, String separator) {
    return error(
        "Column '%s' has type string: its CSV file has several numbers in one value, such as '%s'; "
            + "expected one. Read it with %s.",
        column, example, csvOption("sep", separator.equals("\t") ? "\\t" : separator));
  }

  public static IllegalArgumentException decimalCommasInCsv(String column, String example) {
    String points = example.contains(".") ? "replace(`%s`, '.', '')" : "`%s`";
    return error(
        "Column '%s' has type string: its CSV file has decimal commas, such as '%s', which Spark does "
            + "not read; expected decimal points. Write the file with points, or replace the column "
            + "by the SQL expression cast(replace("
            + points
            + ", ',', '.') as double).",
        column,
        example,
        column);
  }

  public static IllegalArgumentException csvWithoutTypes(String column) {
    return error(
        "Column '%s' has type string, although all its values are numbers: its CSV file was read "
            + "without types. Read it with %s, or with a schema.",
        column, csvOption("inferSchema", "true"));
  }

  /**
   * Names the values of which Spark made strings.
   *
   * @param values what is no number, and how often
   * @param andMore whether there may be more of them
   */
  public static IllegalArgumentException textInCsv(
      String column, Map<String, Integer> values, boolean andMore) {
    List<String> found =
        values.entrySet().stream()
            .map(value -> "'" + value.getKey() + "' (" + value.getValue() + ")")
            .toList();
    return error(
        "Column '%s' has type string: beside numbers its CSV file has %s%s; expected numbers alone. To "
            + "take one such text as missing, read it with %s, for a second with the option "
            + "nanValue; else clean the file.",
        column,
        Listed.ofTexts(found, found.size()),
        andMore ? " and more" : "",
        csvOption("nullValue", values.keySet().iterator().next()));
  }

  private static String csvOption(String name, String value) {
    return String.format(
        Locale.ROOT,
        "the option %s=%s (on the command line --option '%s=%s')",
        name,
        value,
        name,
        value);
  }

  public static IllegalArgumentException bothInputColAndInputCols() {
    return error(
        "Both inputCol and inputCols are set; expected one of them. Clear inputCol to read numeric "
            + "columns, or inputCols to read one column.");
  }

  public static IllegalArgumentException noInput() {
    return error(
        "Neither inputCol nor inputCols is set; expected one of them. Set inputCol to a vector, "
            + "array or numeric column, or inputCols to numeric columns.");
  }

  public static IllegalArgumentException bothOutputColAndOutputCols() {
    return error(
        "Both outputCol and outputCols are set; expected one of them. Clear outputCol to write "
            + "a column each, or outputCols to write one vector.");
  }

  public static IllegalArgumentException emptyColumnList(String param) {
    return error("%s is empty; expected at least one column. Name the columns.", param);
  }

  public static IllegalArgumentException repeatedColumn(String param, String column) {
    return error(
        "%s names column '%s' more than once; expected each once. Remove the repetition.",
        param, column);
  }

  public static IllegalArgumentException outputColsWithoutInputCols() {
    return error(
        "outputCols is set together with inputCol; outputCols goes with inputCols. Set outputCol.");
  }

  public static IllegalArgumentException columnCountsDiffer(int inputs, int outputs) {
    return error(
        "inputCols has %d columns and outputCols has %d; expected as many outputs as inputs. Name "
            + "one output for each input, or set outputCol for one vector of all.",
        inputs, outputs);
  }

  public static IllegalArgumentException outputColumnExists(String column) {
    return error(
        "Output column '%s' already exists; expected a new name, or the name of the input column "
            + "it replaces. Rename the output, or drop the existing column.",
        column);
  }

  public static IllegalArgumentException outputIsAField(String column) {
    return error(
        "Output column '%s' is a field of a struct, which is not written into; expected a name of a "
            + "column. Name the output without the dot.",
        column);
  }

  // ---- parameters

  public static IllegalArgumentException nullParameter(String param) {
    return error("%s is null; expected a value. Clear the parameter to leave it unset.", param);
  }

  public static IllegalArgumentException emptyName(String param) {
    return error(
        "%s names a column without a name; expected a name of one character or more. Rename the "
            + "column first.",
        param);
  }

  public static IllegalArgumentException notAtLeastZero(String param, double found) {
    return error(
        "%s is %s; expected a finite number of at least 0. Set %s to 0 or more.",
        param, found, param);
  }

  public static IllegalArgumentException invalidCorrection(int found) {
    return error(
        "correction is %d; expected 0 (divide by n) or 1 (divide by n - 1). Set one of them.",
        found);
  }

  public static IllegalArgumentException invalidMaxSliceBytes(int found) {
    return error(
        "maxSliceBytes is %d; expected at least 1048576 (1 MiB). Leave it at 16777216, or set less"
            + " where executors have little memory.",
        found);
  }

  public static IllegalArgumentException invalidAggregationDepth(int found) {
    return error(
        "aggregationDepth is %d; expected at least 1. Set 2, or more for very many partitions.",
        found);
  }

  public static IllegalArgumentException invalidMomentum(double found) {
    return error(
        "momentum is %s; expected a number from 0 to 1, what a new batch weighs. Set 0.1, as "
            + "PyTorch does.",
        found);
  }

  public static IllegalArgumentException invalidChoice(
      String param, String found, List<String> allowed) {
    List<String> quoted = allowed.stream().map(text -> "'" + text + "'").toList();
    int last = quoted.size() - 1;
    return error(
        "%s is '%s'; expected %s or %s. Set one of them.",
        param, found, String.join(", ", quoted.subList(0, last)), quoted.get(last));
  }

  public static IllegalArgumentException notFinite(String param, int index, double found) {
    return error(
        "%s[%d] is %s; expected finite numbers. Replace it by a finite number.",
        param, index, found);
  }

  public static IllegalArgumentException notANumber(String param, int index, String found) {
    return error(
        "%s[%d] is %s; expected numbers. Replace it by a finite number.", param, index, found);
  }

  public static IllegalArgumentException wrongLength(String param, int found, int features) {
    return error(
        "%s has %d values and the data has %d features; expected one value per feature. Set %s to "
            + "%d values.",
        param, found, features, param, features);
  }

  public static IllegalArgumentException zeroGamma(String feature) {
    return error(
        "gamma of '%s' is 0, so its values cannot be restored; expected gamma other than 0. Fit "
            + "with another gamma to use inverse().",
        feature);
  }

  // ---- data seen by fit

  public static IllegalArgumentException noVectors(String column, long rows) {
    return error(
        "Column '%s' is null in all %d rows; expected vectors or arrays to fit on. Check how the "
            + "column is made.",
        column, rows);
  }

  public static IllegalArgumentException emptyVectors(String column) {
    return error(
        "Column '%s' has vectors of size 0; expected at least one feature. Check how the column is "
            + "made.",
        column);
  }

  public static IllegalArgumentException weightsTooLarge(String column) {
    return error(
        "The weights in column '%s' sum to Infinity; expected a sum within the range of double. "
            + "Divide the weights by a constant.",
        column);
  }

  /** The text PyTorch's batch_norm raises for the same situation, then what to do. */
  public static IllegalArgumentException tooFewRows(
      double rows, int features, String[] columns, String handleInvalid) {
    String found = rows == 0 ? "The dataset has no rows to fit on. " : "";
    String skipped =
        handleInvalid.equals("skip")
            ? " Rows with missing values were dropped because handleInvalid is 'skip'."
            : "";
    return error(
        "%sExpected more than 1 value per channel when training, got input size [%s, %s] "
            + "(columns %s).%s Fit on two rows or more, or on weights that sum to more than 1.",
        found,
        number(rows),
        features == 0 ? "?" : Integer.toString(features),
        quoted(columns),
        skipped);
  }

  public static IllegalArgumentException weightsTooSmallForCorrection(
      String column, long rows, double weight) {
    return error(
        "The weights in column '%s' sum to %s (rows: %s); correction 1 divides by their sum less 1 and "
            + "expects weights that sum to more than 1. Set correction to 0, or multiply the weights "
            + "by a constant.",
        column, number(weight), Long.toString(rows));
  }

  public static IllegalArgumentException weightsTooSmallForRunningStatistics(
      String column, long rows, double weight, String mode) {
    return error(
        "The weights in column '%s' sum to %s (rows: %s); %s running statistics divide the variance of "
            + "a batch by their sum less 1 and expect weights that sum to more than 1. Set "
            + "runningStatistics to 'pooled', or multiply the weights by a constant.",
        column, number(weight), Long.toString(rows), mode);
  }

  /**
   * Values that {@code handleInvalid = "error"} refuses, of one column or of features of one.
   *
   * @param where the column, and the feature where it has several
   */
  public static IllegalArgumentException invalidValues(
      String where, long notANumber, long infinite, int furtherColumns) {
    String further =
        furtherColumns == 0
            ? ""
            : String.format(Locale.ROOT, " Other columns with such values: %d.", furtherColumns);
    return error(
        "Column '%s' has %d missing (null or NaN) and %d infinite values; handleInvalid is "
            + "'error'.%s Set handleInvalid to 'skip' to drop such rows or to 'keep' to ignore such "
            + "values, or clean the data.",
        where, notANumber, infinite, further);
  }

  public static IllegalArgumentException invalidWeights(String column, long rows, String example) {
    return error(
        "Weight column '%s' has invalid weights (rows: %d, such as %s); expected finite numbers of "
            + "at least 0. Filter those rows, or give them weight 0.",
        column, rows, example);
  }

  /**
   * A vector that no Spark writes, seen by fit or transform.
   *
   * @param fault a text of {@link VectorFaults}
   */
  public static IllegalArgumentException malformedVector(
      String column, int partition, String fault) {
    return error(
        "Column '%s' has a malformed vector in partition %d: %s. Filter such rows, or build the "
            + "vectors anew.",
        column, partition, fault);
  }

  public static IllegalArgumentException vectorSizesDiffer(
      String column, int expected, int expectedPartition, int found, int foundPartition) {
    return error(
        "Column '%s' has vectors of different sizes: %d in partition %d and %d in partition %d; "
            + "expected one size. Filter the rows of the wrong size, or build the vectors anew.",
        column, expected, expectedPartition, found, foundPartition);
  }

  // ---- data seen by transform

  public static IllegalArgumentException invalidValueToNormalize(String where, double value) {
    String found = Double.isNaN(value) ? "a missing value (null or NaN)" : "the value " + value;
    return error(
        "Column '%s' has %s; handleInvalid is 'error'. Set handleInvalid to 'skip' to drop such rows "
            + "or to 'keep' to keep them missing, or clean the data.",
        where, found);
  }

  public static IllegalArgumentException wrongWidth(String column, int found, int expected) {
    return error(
        "Column '%s' has vectors of size %d; the model was fitted on %d features. Apply it to "
            + "vectors of size %d, or fit a model on this data.",
        column, found, expected, expected);
  }

  public static IllegalArgumentException wrongColumnCount(int found, int expected) {
    return error(
        "%d input columns are set; the model was fitted on %d features. Set %d columns, in the order "
            + "of the fit.",
        found, expected, expected);
  }

  // ---- models

  public static IllegalStateException noStatistics(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has no statistics; expected a fitted or loaded model. Use BatchNorm.fit, "
                + "BatchNormModel.load or BatchNormModel.of.",
            uid));
  }

  public static IllegalStateException noSession() {
    return new IllegalStateException(
        "There is no Spark session that runs; expected one. Create it first, with "
            + "SparkSession.builder().getOrCreate().");
  }

  public static IllegalArgumentException sizesOfMeanAndVarianceDiffer(int mean, int variance) {
    return error(
        "mean has %d values and variance has %d; expected as many of one as of the other. Give one "
            + "of each per feature.",
        mean, variance);
  }

  public static IllegalArgumentException negativeVariance(int feature, double found) {
    return error(
        "variance[%d] is %s; expected numbers of at least 0. Give the variance of each feature, "
            + "not its negative or a missing value.",
        feature, found);
  }

  public static IllegalArgumentException noFeatures() {
    return error("mean and variance have no values; expected one of each per feature. Give them.");
  }

  public static IllegalArgumentException invalidMean(int feature, double found) {
    return error(
        "mean[%d] is %s; expected finite numbers. Give the mean of each feature.", feature, found);
  }

  public static IllegalArgumentException pathDoesNotExist(String path, String stage) {
    return error("Path %s does not exist; expected a saved %s. Check the path.", path, stage);
  }

  public static IllegalArgumentException notAModel(String path, String found) {
    return notAStage(path, "BatchNormModel", found);
  }

  public static IllegalArgumentException notAStage(String path, String stage, String found) {
    return error(
        "Path %s is not a saved %s: %s. Give the path that %s.save wrote.",
        path, stage, found, stage);
  }

  /** Returns the innermost cause that is an error of ours, if there is one. */
  public static Optional<RuntimeException> ofOurs(Throwable failure) {
    RuntimeException found = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      StackTraceElement[] trace = cause.getStackTrace();
      if (cause instanceof RuntimeException ours
          && trace.length > 0
          && trace[0].getClassName().equals(Errors.class.getName())) {
        found = ours;
      }
    }
    return Optional.ofNullable(found);
  }

  /** Says which part of a saved stage cannot be read, and why as the innermost cause has it. */
  public static IllegalArgumentException unreadablePart(String path, String part, Throwable why) {
    Throwable innermost = why;
    while (innermost.getCause() != null && innermost.getCause() != innermost) {
      innermost = innermost.getCause();
    }
    String text = innermost.getMessage() == null ? innermost.toString() : innermost.getMessage();
    IllegalArgumentException error =
        error(
            "Folder '%s' of the saved stage at %s cannot be read: %s; expected what save wrote. Copy "
                + "the stage again, or check who may read there.",
            part, path, text.lines().findFirst().orElse(""));
    error.initCause(why);
    return error;
  }

  public static IllegalArgumentException newerFormat(String path, int found, int supported) {
    return error(
        "The model at %s has format version %d; this library reads versions up to %d. Update "
            + "batchnorm-spark, or save the model with an older one.",
        path, found, supported);
  }

  public static IllegalArgumentException unfinishedSave(String path) {
    return error(
        "Path %s was left by a save that was interrupted; expected the path that was saved to. Load "
            + "that one, or save again.",
        path);
  }

  public static IllegalStateException savedBeside(String path, String beside) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The model that replaces %s is complete at %s and cannot be moved from there; expected a "
                + "folder that can be renamed, and one writer at a time. Move it by hand, or save "
                + "again.",
            path,
            beside));
  }

  // ---- models that take in more data

  public static IllegalStateException modelOfSmallWeights(String uid, double weight) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has learned from rows whose weights sum to %s; correction 1 expects more than 1. "
                + "Set correction to 0, or update it with more data first.",
            uid,
            number(weight)));
  }

  public static IllegalStateException modelOfOneRow(String uid, double rows) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has learned from rows of weight %s, which have no variance; expected more than "
                + "1. Update it with more data first.",
            uid,
            number(rows)));
  }

  public static IllegalArgumentException momentumWithoutExponential(String mode) {
    return error(
        "momentum is set and runningStatistics is '%s'; momentum goes with 'exponential'. Set "
            + "runningStatistics to 'exponential', or clear momentum.",
        mode);
  }

  public static IllegalArgumentException emptyPath(String param) {
    return error("%s is empty; expected a path. Name the folder of a saved model.", param);
  }

  public static IllegalStateException initialModelInMemory(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The initial model of %s is in memory only; expected a saved one, whose path is saved. "
                + "Save the model, and give setInitialModel its path.",
            uid));
  }

  public static IllegalStateException noExactSums(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has no exact sums to continue: it was made of known statistics, or saved in "
                + "format 1; expected a model that BatchNorm.fit made. Fit one on its data, or set "
                + "runningStatistics to 'exponential' to update known statistics.",
            uid));
  }

  public static IllegalArgumentException otherRunningStatistics(String found, String asked) {
    return error(
        "The statistics of the model are %s and runningStatistics is '%s'; expected '%s'. Set it, or "
            + "fit a model of the other kind from the start.",
        found, asked, found);
  }

  public static IllegalArgumentException weightColNotSet() {
    return error(
        "The model was fitted on weights and weightCol is not set; expected the column of the "
            + "batch's weights. Set weightCol, to a column of 1 if the rows have no weights.");
  }

  public static IllegalArgumentException otherInput(String fitted, String found) {
    return error(
        "The model was fitted on the column '%s' and inputCol is '%s'; expected the same. Set "
            + "inputCol to that of the model, or rename the column.",
        fitted, found);
  }

  public static IllegalArgumentException otherInputKind(String fitted, String found) {
    return error(
        "The model was fitted with %s and %s is set; expected the same. Set %s.",
        fitted, found, fitted);
  }

  public static ArithmeticException tooManyRows() {
    return new ArithmeticException(
        "There are more than 9223372036854775807 rows, which is what a count can say; expected no "
            + "more. Merge fewer models.");
  }

  public static IllegalArgumentException otherFeatures(String[] fitted, String[] found) {
    return error(
        "The model was fitted on the features %s and the data has %s; expected the same in the same "
            + "order. Set inputCols to those of the model.",
        quoted(fitted), quoted(found));
  }

  public static IllegalArgumentException noModels() {
    return error("There are no models to merge; expected one or more. Give them.");
  }

  public static IllegalArgumentException modelsDiffer(String param, String one, String other) {
    return error(
        "The models cannot be merged: %s is %s in one and %s in the other; expected the same. Set it "
            + "to the same value in both, or fit both alike.",
        param, one, other);
  }

  public static IllegalArgumentException featureCountsDiffer(int one, int other) {
    return error(
        "The models cannot be merged: one has %d features and the other %d; expected the same. Fit "
            + "both on the same columns.",
        one, other);
  }

  public static IllegalArgumentException featureNamesDiffer(int j, String one, String other) {
    return error(
        "The models cannot be merged: feature %d is '%s' in one and '%s' in the other; expected the "
            + "same. Fit both on the same columns in the same order.",
        j, one, other);
  }

  public static IllegalArgumentException exponentialModelsDoNotMerge() {
    return error(
        "The models cannot be merged: their running statistics are exponential and depend on the "
            + "order of the batches; expected pooled or cumulative ones. Update one model with the "
            + "data of the other, or fit with another runningStatistics.");
  }

  // ---- groups

  public static IllegalArgumentException runningStatisticsOfGroups(String mode) {
    return error(
        "groupCols is set and runningStatistics is '%s'; groups have pooled statistics. Set "
            + "runningStatistics to 'pooled', or clear groupCols.",
        mode);
  }

  public static IllegalStateException noGroups(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model %s has no statistics of groups and groupCols is set; expected a model that was "
                + "fitted with groupCols. Fit one, or clear groupCols.",
            uid));
  }

  public static IllegalStateException groupsOfAStoppedSession(String uid) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The groups of model %s were kept by a Spark session that is stopped; expected one that "
                + "runs, or a model that was loaded. Save a model before its session is stopped, and "
                + "load it in the next one.",
            uid));
  }

  public static IllegalArgumentException groupsLost() {
    return error(
        "The groups of a fitted model are lost: executors that kept them are gone, or they were "
            + "released at the end of a micro-batch; expected groups that are at rest. Save the "
            + "model after the fit and load it, or call SparkContext.setCheckpointDir before the "
            + "fit. In a sink of RunningBatchNorm use the dataset before the call ends.");
  }

  public static IllegalArgumentException groupColsNotSet(String[] fitted) {
    return error(
        "The model was fitted on groups of %s and groupCols is not set; expected the columns that "
            + "tell the groups apart. Set groupCols.",
        quoted(fitted));
  }

  public static IllegalArgumentException otherGroupColumns(String[] fitted, String[] found) {
    return error(
        "The model was fitted on groups of %s and groupCols is %s; expected the same in the same "
            + "order. Set groupCols to those of the model.",
        quoted(fitted), quoted(found));
  }

  public static IllegalArgumentException groupColumnIsFeature(String column) {
    return error(
        "Column '%s' is in groupCols and is a feature, too; expected columns that tell the groups "
            + "apart and are not normalized. Remove it from one of them, or copy the column.",
        column);
  }

  public static IllegalArgumentException groupColumnIsWeight(String column) {
    return error(
        "Column '%s' is in groupCols and is weightCol, too; expected two columns. Remove it from "
            + "one of them, or copy the column.",
        column);
  }

  public static IllegalArgumentException groupColumnIsOutput(String column) {
    return error(
        "Column '%s' is in groupCols and would be written over; expected output columns that are "
            + "no group columns. Rename the output.",
        column);
  }

  public static IllegalArgumentException notAGroupColumn(String column, String type) {
    return error(
        "Group column '%s' has type %s; groupCols takes columns of numbers, strings, booleans, "
            + "dates and timestamps. Cast it first, or take its parts as columns.",
        column, type);
  }

  public static IllegalArgumentException groupColumnTypeDiffers(
      String column, String found, String fitted) {
    return error(
        "Group column '%s' has type %s; the model was fitted on groups of type %s. Cast it.",
        column, found, fitted);
  }

  /** The text PyTorch's batch_norm raises for the same situation, then what to do. */
  public static IllegalArgumentException smallGroups(
      long small, long groups, String example, double rows, int features, int correction) {
    return error(
        "Expected more than 1 value per channel when training, got input size [%s, %d] in group "
            + "%s; smallGroup is 'error'. Groups %s: %d of %d. Set smallGroup to "
            + "'global' to use the statistics of all rows for them or to 'unit' to leave them as "
            + "they are, or filter their rows.",
        number(rows),
        features,
        example,
        correction == 0
            ? "of fewer than two rows"
            : "whose weights sum to 1 or less, which correction 1 does not allow",
        small,
        groups);
  }

  // ---- groups seen by transform

  public static IllegalArgumentException groupColumnCountDiffers(int found, int fitted) {
    return error(
        "groupCols has %d columns; the model was fitted on groups by %d. Set %d columns, in the order "
            + "of the fit.",
        found, fitted, fitted);
  }

  public static IllegalArgumentException unseenGroup(String group) {
    return error(
        "Group %s was not fitted on; unseenGroup is 'error'. Set unseenGroup to 'global' to use the "
            + "statistics of all rows or to 'null' to write null, or fit a model on this data.",
        group);
  }

  public static IllegalArgumentException smallGroupToNormalize(
      String group, double weight, int correction) {
    return error(
        "Group %s was fitted on rows of weight %s, expected %s; smallGroup is 'error'. Set "
            + "smallGroup to 'global' to use the statistics of all rows or to 'unit' to use mean 0 "
            + "and variance 1.",
        group,
        number(weight),
        correction == 0 ? "two rows or more, or a weight above 1" : "more than 1 for correction 1");
  }

  // ---- streams and versions

  public static IllegalArgumentException emptyModelDirectory() {
    return error(
        "modelDirectory is empty; expected the path of a directory for the versions of the model. "
            + "Name one.");
  }

  public static IllegalArgumentException invalidKeptVersions(int found) {
    return error(
        "keptVersions is %d; expected at least 2, as a batch that is repeated needs the version "
            + "before its own. Set 2 or more.",
        found);
  }

  public static IllegalArgumentException notASink(String type) {
    return error(
        "sink is a %s; expected a function of a dataset and the number of the batch. Give one.",
        type);
  }

  public static IllegalArgumentException invalidNormalized(String found) {
    return error(
        "normalized is '%s'; expected 'before' or 'after': with which statistics, those before the "
            + "batch or those after it. Set one of them.",
        found);
  }

  public static IllegalStateException otherSpark(
      String spark, String scala, String jarSpark, String jarScala) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Spark %s for Scala %s runs here; this jar of batchnorm-spark is for Spark %s and Scala %s. "
                + "For Spark 4 (Scala 2.13) use batchnorm-spark-4_2.13, for Spark 3.5 (Scala 2.12) "
                + "batchnorm-spark-3.5_2.12; there is none for other Sparks.",
            spark,
            scala,
            jarSpark,
            jarScala));
  }

  public static IllegalArgumentException unknownSource(String setting, String value) {
    return error(
        "Setting %s is '%s'; expected 'columns', 'rows' or 'public'. Set one of them, or unset it to "
            + "let a fit take the best one.",
        setting, value);
  }

  public static IllegalStateException unreadable(String why) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The data could not be read: %s. Unset spark.batchnorm.source, or write the data to "
                + "Parquet and fit on that.",
            why));
  }

  public static IllegalArgumentException fitOnAStream() {
    return error(
        "The dataset is a stream, which has no end; expected one that has. Learn from it with "
            + "RunningBatchNorm, or read the data without readStream.");
  }

  public static IllegalArgumentException notAStream() {
    return error(
        "The dataset is not a stream; expected one, made with readStream. Use BatchNorm.fit, or "
            + "give this batch and its number to onBatch.");
  }

  public static IllegalArgumentException modelInsteadOfVersions(String path) {
    return error(
        "Path %s is a saved model; expected a directory for versions of a model, or none yet. Give "
            + "another directory, and start from that model with BatchNorm.setInitialModel.",
        path);
  }

  public static IllegalArgumentException versionsAreNotReplaced(String path) {
    return error(
        "Path %s holds versions of a model that a stream goes on from; expected the folder of a model "
            + "that may be replaced. Save the model to another path.",
        path);
  }

  public static IllegalArgumentException noCompleteVersion(String path) {
    return error(
        "Model directory %s has no complete version; expected one or more. Wait until the first "
            + "batch is learned, or check the path.",
        path);
  }

  public static IllegalStateException anotherWriter(
      String directory, long version, Exception cause) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Model directory %s has version=%d from another writer, written while this one was "
                + "writing; expected one writer at a time. Nothing is lost: that version stays, and "
                + "this batch is not in it. Stop one of the two, and start the query again from its "
                + "checkpoint.",
            directory,
            version),
        cause);
  }

  public static IllegalStateException versionNotKept(String directory, long batchId) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "Batch %d is to be normalized again, and model directory %s no longer has the "
                + "statistics it was normalized with; expected the last batch of the query. Go on "
                + "from the newest checkpoint, or from a new one, and set keptVersions to more.",
            batchId,
            directory));
  }

  // ---- the command line

  public static IllegalArgumentException noCommand(String commands) {
    return error("No command is given; expected one of %s. Name one of them first.", commands);
  }

  public static IllegalArgumentException invalidMode(String found) {
    return error("'%s' is not error, overwrite or append", found);
  }

  public static IllegalArgumentException unknownCommand(String found, String commands) {
    return error(
        "There is no command '%s'; expected one of %s. Name one of them first.", found, commands);
  }

  public static IllegalArgumentException unknownOption(String found) {
    return error("Unknown option: '%s'", found);
  }

  public static IllegalArgumentException missingOption(String option, String expected) {
    return error("%s is not given; expected %s. Add %s PATH.", option, expected, option);
  }

  public static IllegalArgumentException inputDoesNotExist(String path) {
    return error("Path %s does not exist; expected data to read. Check --input.", path);
  }

  public static IllegalArgumentException hiddenInput(String path, String name) {
    return error(
        "Path %s has nothing that Spark reads, which takes files for its own whose names begin with _ "
            + "or a dot, such as '%s'. Rename the file.",
        path, name);
  }

  /** Takes the name as Hadoop says it: it may be that of the file's checksums. */
  public static IllegalArgumentException colonInName(String name) {
    return error(
        "File '%s' has a colon in its name, with which Hadoop reads no local file. Rename it, or name "
            + "the other files.",
        name.replaceFirst("^\\.(.*)\\.crc$", "$1"));
  }

  public static IllegalArgumentException unreadableArgument(String argument, String encoding) {
    return error(
        "Argument '%s' has characters that the locale of this process (LC_ALL, LANG; encoding %s) "
            + "does not have; expected a locale of UTF-8. Set LC_ALL=C.UTF-8, and run the command "
            + "again.",
        argument, encoding);
  }

  public static IllegalArgumentException unreachableName(String path, String encoding) {
    return error(
        "Path %s has characters that the locale of this process (LC_ALL, LANG; encoding %s) does not "
            + "have; expected a locale of UTF-8. Set LC_ALL=C.UTF-8, and run the command again.",
        path, encoding);
  }

  public static IllegalArgumentException unreadable(String path, IOException cause) {
    return error("Path %s cannot be read: %s. Check --input.", path, cause.getMessage());
  }

  public static IllegalArgumentException unknownFormat(String path) {
    return error(
        "The format of %s cannot be told from its name; expected an ending such as .parquet, .orc, "
            + ".csv or .json. Say it with --format, such as --format parquet.",
        path);
  }

  public static IllegalArgumentException formatsDiffer(
      String one, String format, String other, String otherFormat) {
    return error(
        "The input has several formats: %s is %s and %s is %s; expected one. Read them one by one, "
            + "or say the format with --format.",
        one, format, other, otherFormat);
  }

  public static IllegalArgumentException formatNotOnTheClassPath(
      String format, String coordinates) {
    return error(
        "Format %s is not on the class path; expected the package that brings it. Add it at the end: "
            + "-- --packages %s",
        format, coordinates);
  }

  public static IllegalArgumentException jdbcOptionMissing(String option) {
    return error(
        "Format jdbc needs to know the database and the table; expected %s. Add it.", option);
  }

  public static IllegalArgumentException noJdbcDriver(String url, String option) {
    return error(
        "No JDBC driver takes %s; expected one on the class path. Check the url, and add the driver "
            + "at the end: -- --packages GROUP:ARTIFACT:VERSION or -- --jars FILE. Name its class "
            + "with %s if it does not register itself.",
        url, option);
  }

  public static IllegalArgumentException oneTable(int found) {
    return error(
        "--input names %d tables; expected one table of a catalog or a database. Read them one by "
            + "one, or make a view.",
        found);
  }

  public static IllegalArgumentException tableOfAnotherFormat(
      String path, String found, String format) {
    return error(
        "Output %s is a table of format %s and would get files of format %s, which are no part of "
            + "it. Give another --output, or --output-format %s.",
        path, found, format, found);
  }

  public static IllegalArgumentException tableNotReplaced(String table, Optional<String> format) {
    return error(
        "Table %s has %s, of which Spark may drop the old rows before it writes the new; expected "
            + "delta or iceberg. Write a new table and rename it, or give --mode append to add to "
            + "this one.",
        table, format.map(name -> "the format " + name).orElse("a format that is not known"));
  }

  public static IllegalArgumentException columnsOfTable(
      String table, String[] expected, String[] found) {
    return error(
        "Table %s has the columns %s and would get rows of %s; expected the same. Write them with "
            + "--output-columns or --suffix under the names of the table, or make a new table.",
        table, quoted(expected), quoted(found));
  }

  public static IllegalArgumentException newIcebergFolder(String path) {
    return error(
        "Output %s is no Iceberg table yet, and Iceberg makes new ones in catalogs alone; expected "
            + "the name of a table. Set up a catalog, and give CATALOG.NAMESPACE.TABLE.",
        path);
  }

  public static IllegalArgumentException outputIsView(String name) {
    return error("Output %s is a view; expected a table. Give the name of a table.", name);
  }

  public static IllegalArgumentException columnsChosen(int ways) {
    return error(
        "%s of --columns, --all-numeric and --vector-column is given; expected one. Say which "
            + "columns to normalize with one of them.",
        ways == 0 ? "None" : "More than one");
  }

  public static IllegalArgumentException exceptWithVectorColumn() {
    return error(
        "--except is given with --vector-column; it goes with --columns or --all-numeric. "
            + "Remove one of the two.");
  }

  public static IllegalArgumentException outputColumnsChosenTwice() {
    return error(
        "More than one of --in-place, --suffix, --output-columns and --output-column is given; "
            + "expected at most one. Remove the others.");
  }

  public static IllegalArgumentException patternWithoutColumn(String pattern, String[] existing) {
    return columnError(
        pattern,
        "Pattern '%s' matches no column; the dataset has %s. Correct the pattern.",
        pattern,
        quoted(existing));
  }

  public static IllegalArgumentException patternWithoutNumericColumn(
      String pattern, String[] matching) {
    return columnError(
        matching[0],
        "Pattern '%s' matches no numeric column, only %s. Correct the pattern, or cast the columns "
            + "first.",
        pattern,
        quoted(matching));
  }

  public static IllegalArgumentException nothingSelected(String[] existing) {
    return columnError(
        "",
        "No numeric column is left to normalize; the dataset has %s. Name columns with --columns, "
            + "or take some off --except.",
        quoted(existing));
  }

  public static IllegalArgumentException outputExists(String path) {
    return error(
        "Output %s already exists. Give another --output, or --mode overwrite to replace it, or "
            + "--mode append to add to it.",
        path);
  }

  public static IllegalArgumentException fileExists(String path) {
    return error(
        "File %s already exists. Give another --output, or --mode overwrite to replace it.", path);
  }

  public static IllegalArgumentException outputIsFolder(String path) {
    return error(
        "Output %s is a folder; expected the name of a file to write. Add a name to it.", path);
  }

  public static IllegalArgumentException fileCannotBeAppended() {
    return error(
        "--mode append is given, but nothing can be added to a report; expected error or overwrite. "
            + "Write another report.");
  }

  public static IllegalArgumentException compareWithModelAndData() {
    return error(
        "Both --compare and --input are given; expected at most one of them. Give --compare for the "
            + "drift from one model to another, or --input for that to data.");
  }

  public static IllegalArgumentException dataForInverse(String path) {
    return error(
        "Model %s maps normalized values back, so that --input cannot be compared with its "
            + "statistics; expected the model it is the inverse of. Report that one.",
        path);
  }

  public static IllegalArgumentException modelExists(String path) {
    return error(
        "Model %s already exists. Give another path, or --mode overwrite to replace it.", path);
  }

  public static IllegalArgumentException modelCannotBeAppended() {
    return error(
        "--mode append is given, but nothing can be added to a model; expected error or overwrite. "
            + "Add data to a model with batchnorm update.");
  }

  public static IllegalArgumentException noModelToMerge() {
    return error(
        "No model is given; expected the folders of fitted models. Name them after the command.");
  }

  public static IllegalArgumentException modelRepeated(String path) {
    return error(
        "Model %s is given more than once, so that its rows would count more than once; expected "
            + "each once. Remove the repetition.",
        path);
  }

  /** Says which models another error is about. */
  public static IllegalArgumentException modelsDoNotMerge(String one, String other, String why) {
    return one.equals(other) ? error("%s: %s", one, why) : error("%s and %s: %s", one, other, why);
  }

  public static IllegalArgumentException changedMeanwhile(String path) {
    return error(
        "Model %s was changed by somebody else while this ran; expected what was read. It was "
            + "not replaced. Run the command again.",
        path);
  }

  public static IllegalArgumentException madeMeanwhile(String path) {
    return error(
        "Output %s was made by somebody else while this ran; expected a new one. It stays as it "
            + "is. Give another --output, or --mode overwrite to replace it.",
        path);
  }

  /**
   * Adds to the text of an error what was written before it.
   *
   * @param written such as "model /m"
   */
  public static IllegalStateException writtenBefore(String why, String written, Exception failure) {
    IllegalStateException error =
        new IllegalStateException(
            why + " Before that " + written + " was written, and stays as it is now.");
    error.addSuppressed(failure);
    return error;
  }

  /** Says of a failure what it leaves in a database, which takes rows as they are computed. */
  public static IllegalStateException databaseFailed(String table, String why, Exception failure) {
    IllegalStateException error =
        new IllegalStateException(
            why
                + " Table "
                + table
                + " may hold some of the new rows, and has lost its old ones if it was to be "
                + "overwritten: a database gets rows as they are computed. Look at the table "
                + "before the command runs again.");
    error.addSuppressed(failure);
    return error;
  }

  public static IllegalArgumentException negativeLimit(int found) {
    return error("--limit is %d; expected at least 0. Set how many rows to print.", found);
  }

  public static IllegalArgumentException outputOverInput(String output, String input) {
    return error(
        "Output %s would be written over %s, which is read. Give another path, and move the result "
            + "afterwards if you want.",
        output, input);
  }

  public static IllegalArgumentException outputInsideModel(String output, String model) {
    return error(
        "Output %s would be written into the folder of model %s, which is read. Give another path.",
        output, model);
  }

  public static IllegalArgumentException outputsOverlap(String output, String model) {
    return error(
        "Output %s and model %s lie in one another; expected two folders. Give another path.",
        output, model);
  }

  public static IllegalArgumentException formatCannotHold(
      String format, String column, String type) {
    return error(
        "Format %s cannot hold column '%s' of type %s. Write parquet (--output-format parquet), or "
            + "write columns of numbers (--in-place, --suffix or --output-columns).",
        format, column, type);
  }

  public static IllegalArgumentException cannotWrite(String path) {
    return error(
        "Nothing can be written to %s. Check the path and who may write there, or give another one.",
        path);
  }

  public static IllegalArgumentException cannotMove(String path) {
    return error("The finished result cannot be moved to %s. Check who may write there.", path);
  }

  public static IllegalArgumentException describeModelOrInput(boolean both) {
    return error(
        "%s; expected one of them. Give --model for what a model holds, or --input for what is in "
            + "a dataset.",
        both ? "Both --model and --input are given" : "Neither --model nor --input is given");
  }

  public static IllegalArgumentException unreadableConfig(String file) {
    return error(
        "Config file %s cannot be read; expected a file of Java properties in UTF-8. Check --config.",
        file);
  }

  public static IllegalArgumentException unknownConfigKey(String file, String key) {
    return error(
        "Config file %s has the unknown key '%s'; a key is an option's name without the dashes. "
            + "Correct or remove it.",
        file, key);
  }

  public static IllegalArgumentException configFlag(String key, String found) {
    return error("Config key '%s' is '%s'; expected true or false. Set one of them.", key, found);
  }

  private static ColumnError columnError(String column, String text, Object... values) {
    return new ColumnError(column, String.format(Locale.ROOT, text, values));
  }

  static IllegalArgumentException error(String text, Object... values) {
    return new IllegalArgumentException(String.format(Locale.ROOT, text, values));
  }

  private static String number(double rows) {
    return rows == Math.rint(rows) ? Long.toString((long) rows) : Double.toString(rows);
  }

  private static String quoted(String[] names) {
    return names.length == 0 ? "no columns" : Listed.of(Arrays.asList(names), names.length);
  }
}
