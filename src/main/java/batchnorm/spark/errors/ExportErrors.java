package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.ALREADY_EXISTS;
import static batchnorm.spark.errors.ErrorCondition.FILE_NOT_FOUND;
import static batchnorm.spark.errors.ErrorCondition.INVALID_FILE;
import static batchnorm.spark.errors.ErrorCondition.NOT_EXPORTABLE;
import static batchnorm.spark.errors.ErrorCondition.WRITE_FAILED;
import static batchnorm.spark.errors.ErrorText.error;

import java.util.List;

/** Errors of files for other systems. */
public final class ExportErrors {
  /** Maximum length of a text from a file in a message. */
  private static final int SHOWN = 100;

  private ExportErrors() {}

  // ---- files

  public static BatchNormException fileExists(String path) {
    return error(
        ALREADY_EXISTS,
        "File %s already exists. Give another path, or overwrite it: "
            + "{export().overwrite(), on the command line --mode overwrite|--mode overwrite}.",
        path);
  }

  public static BatchNormException fileDoesNotExist(String path) {
    return error(
        FILE_NOT_FOUND, "File %s does not exist; expected a file to read. Check the path.", path);
  }

  public static BatchNormException notAFile(String path) {
    return error(FILE_NOT_FOUND, "Path %s is a folder; expected a file. Give another path.", path);
  }

  public static BatchNormException cannotWriteFile(String path) {
    return error(
        WRITE_FAILED,
        "The finished file cannot be moved to %s. Check who may write there, and whether anybody "
            + "else just has.",
        path);
  }

  // ---- what is written

  public static BatchNormException groupsAreNotExported(String[] columns) {
    return error(
        NOT_EXPORTABLE,
        "The model has statistics for every group of %s; a file of another system holds those of one "
            + "model. Fit without {groupCols}, or on the rows of one group.",
        Listed.of(List.of(columns), columns.length));
  }

  public static BatchNormException inverseIsNoLayer() {
    return error(
        NOT_EXPORTABLE,
        "The model is an inverse, which is no BatchNorm layer: its numbers are no running "
            + "statistics. Export the model itself, or the inverse to ONNX or JSON.");
  }

  public static BatchNormException beyondFloat32(String what, String feature, double found) {
    return error(
        NOT_EXPORTABLE,
        "%s of '%s' is %s, which float32 cannot hold; expected numbers within its range. Export as "
            + "float64, or scale the feature before the fit.",
        what,
        feature,
        found);
  }

  public static BatchNormException nearTheEndsOfDouble(String feature) {
    return error(
        NOT_EXPORTABLE,
        "The numbers of '%s' are so near the ends of the range of double that other systems, which "
            + "compute in doubles, would overflow; expected a variance within it. Divide or multiply "
            + "the feature by a constant before the fit.",
        feature);
  }

  public static BatchNormException layerOfNoValues(String feature) {
    return error(
        NOT_EXPORTABLE,
        "Feature '%s' had no values, so that its mean is NaN; expected numbers, as a layer of PyTorch "
            + "has no others. Fit without the column, or export to JSON.",
        feature);
  }

  public static BatchNormException constantByItsRows(String feature) {
    return error(
        NOT_EXPORTABLE,
        "Feature '%s' counts as constant by the rows it was fitted on, which a JSON file does not "
            + "hold: a model that is read from it would give other results. Set {eps} above 0, or save "
            + "the model.",
        feature);
  }

  // ---- SQL

  public static BatchNormException tooLongForSql(long groups, int features, long most) {
    return error(
        NOT_EXPORTABLE,
        "The model has %d features in each of %d groups; a query holds at most %d of all groups "
            + "together. Save {summary()|the summary of batchnorm describe} as a table and join it, or "
            + "apply the model with {transform|batchnorm transform}.",
        features,
        groups,
        most);
  }

  public static BatchNormException arraysInSql(String column, String dialect) {
    return error(
        NOT_EXPORTABLE,
        "Column '%s' has all features, for which SQL of %s has no expression. Fit on {inputCols|--columns} "
            + "and write {outputCols|--output-columns}, or choose the dialect spark or duckdb.",
        column,
        dialect);
  }

  public static BatchNormException integersInArrays(String column) {
    return error(
        NOT_EXPORTABLE,
        "Column '%s' is an array, but the model was fitted on integers beyond 2^53, which arrays of "
            + "doubles cannot hold. Read the columns of the fit.",
        column);
  }

  public static BatchNormException columnsReplacedInSql(String column, String dialect) {
    return error(
        NOT_EXPORTABLE,
        "Column '%s' is replaced by its normalized values, but SELECT * of %s cannot leave out a "
            + "column. Name the columns to keep, {keepColumns(...)|--keep-columns NAMES}, or write "
            + "columns of other names with {outputCols|--suffix of batchnorm fit}.",
        column,
        dialect);
  }

  public static BatchNormException notATableName(String name) {
    return error(
        ErrorCondition.INVALID_PARAMETER,
        "Table is '%s'; expected a name whose parts are separated by dots and quoted by backticks if "
            + "they contain dots. Correct it.",
        name);
  }

  // ---- safetensors

  public static BatchNormException notSafetensors(String path, String found) {
    return error(
        INVALID_FILE,
        "File %s is not a whole safetensors file: %s. Write it with safetensors' save_file, or copy "
            + "it again.",
        path,
        found);
  }

  public static BatchNormException notOneLayer(String path, List<String> layers) {
    return layers.isEmpty()
        ? error(
            INVALID_FILE,
            "File %s has no BatchNorm layer: no tensors called running_mean and running_var; "
                + "expected the state_dict of one that tracks running statistics. Check the path.",
            path)
        : error(
            INVALID_FILE,
            "File %s has %d BatchNorm layers: %s; expected one. Say which: "
                + "{fromTorch(path, layer), on the command line --layer|--layer}.",
            path,
            layers.size(),
            Listed.of(layers, layers.size()));
  }

  public static BatchNormException noSuchLayer(String path, String layer, List<String> layers) {
    return error(
        INVALID_FILE,
        "File %s has no BatchNorm layer '%s'; it has %s. Name one of them.",
        path,
        layer,
        layers.isEmpty() ? "none" : Listed.of(layers, layers.size()));
  }

  public static BatchNormException wrongTensor(
      String path, String tensor, String found, String expected) {
    return error(
        INVALID_FILE,
        "Tensor '%s' of file %s is %s; expected %s. Check how the file was made.",
        tensor,
        path,
        found,
        expected);
  }

  public static BatchNormException invalidTensorValue(
      String path, String tensor, int index, Number found, String expected) {
    return error(
        INVALID_FILE,
        "Tensor '%s' of file %s has the value %s at %d; expected %s. Check the layer it comes from.",
        tensor,
        path,
        found,
        index,
        expected);
  }

  public static BatchNormException invalidMetadata(String path, String key, String found) {
    return error(
        INVALID_FILE,
        "The metadata of file %s has '%s' as %s; expected eps of at least 0, momentum from 0 to 1 or "
            + "None, and a JSON array of as many feature_names as features. Correct or remove it.",
        path,
        key,
        found.length() > SHOWN ? found.substring(0, SHOWN) + "..." : found);
  }

  // ---- JSON

  public static BatchNormException notAJsonModel(String path, String found) {
    return error(
        INVALID_FILE,
        "File %s is not a model in JSON: %s. Give the file that {toJson|batchnorm export --to json} wrote; its schema is "
            + "batchnorm/spark/export/model.schema.json in the jar.",
        path,
        found);
  }
}
