package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorCondition.COLUMN_NOT_FOUND;
import static batchnorm.spark.errors.ErrorCondition.COLUMN_TYPE;
import static batchnorm.spark.errors.ErrorCondition.COMMAND_LINE;
import static batchnorm.spark.errors.ErrorCondition.MODEL_MISMATCH;
import static batchnorm.spark.errors.ErrorText.columnError;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.quoted;

import java.util.List;

/** Errors in the commands and options of the command line. */
public final class OptionErrors {
  private OptionErrors() {}

  public static BatchNormException noCommand(String commands) {
    return error(
        COMMAND_LINE, "No command is given; expected one of %s. Name one of them first.", commands);
  }

  public static BatchNormException invalidMode(String found) {
    return error(COMMAND_LINE, "'%s' is not error, overwrite or append", found);
  }

  public static BatchNormException unknownCommand(String found, String commands) {
    return error(
        COMMAND_LINE,
        "There is no command '%s'; expected one of %s. Name one of them first.",
        found,
        commands);
  }

  public static BatchNormException unknownOption(String found) {
    return error(COMMAND_LINE, "Unknown option: '%s'", found);
  }

  public static BatchNormException missingOption(String option, String expected) {
    return error(
        COMMAND_LINE, "%s is not given; expected %s. Add %s PATH.", option, expected, option);
  }

  public static BatchNormException unreadableArgument(String argument, String encoding) {
    return error(
        COMMAND_LINE,
        "Argument '%s' has characters that the locale of this process (LC_ALL, LANG; encoding %s) "
            + "does not have; expected a locale of UTF-8. Set LC_ALL=C.UTF-8, and run the command "
            + "again.",
        argument,
        encoding);
  }

  public static BatchNormException columnsChosen(int ways) {
    return error(
        COMMAND_LINE,
        "%s of --columns, --all-numeric and --vector-column is given; expected one. Say which "
            + "columns to normalize with one of them.",
        ways == 0 ? "None" : "More than one");
  }

  public static BatchNormException exceptWithVectorColumn() {
    return error(
        COMMAND_LINE,
        "--except is given with --vector-column; it goes with --columns or --all-numeric. "
            + "Remove one of the two.");
  }

  public static BatchNormException outputColumnsChosenTwice() {
    return error(
        COMMAND_LINE,
        "More than one of --in-place, --suffix, --output-columns and --output-column is given; "
            + "expected at most one. Remove the others.");
  }

  public static BatchNormException patternWithoutColumn(String pattern, String[] existing) {
    return columnError(
        COLUMN_NOT_FOUND,
        pattern,
        "Pattern '%s' matches no column; the dataset has %s. Correct the pattern.",
        pattern,
        quoted(existing));
  }

  public static BatchNormException patternWithoutNumericColumn(String pattern, String[] matching) {
    return columnError(
        COLUMN_TYPE,
        matching[0],
        "Pattern '%s' matches no numeric column, only %s. Correct the pattern, or cast the columns "
            + "first.",
        pattern,
        quoted(matching));
  }

  public static BatchNormException nothingSelected(String[] existing) {
    return columnError(
        COLUMN_NOT_FOUND,
        "",
        "No numeric column is left to normalize; the dataset has %s. Name columns with --columns, "
            + "or take some off --except.",
        quoted(existing));
  }

  public static BatchNormException dataForInverse(String path) {
    return error(
        COMMAND_LINE,
        "Model %s maps normalized values back, so that --input cannot be compared with its "
            + "statistics; expected the model it is the inverse of. Report that one.",
        path);
  }

  public static BatchNormException overwriteOfIncremental() {
    return error(
        COMMAND_LINE,
        "--mode is overwrite and --incremental is given; expected one of the two, as an incremental "
            + "fit goes on with the model of --model. Leave out one.");
  }

  public static BatchNormException noModelGiven() {
    return error(
        COMMAND_LINE,
        "No model is given; expected the folders of fitted models. Name them after the command.");
  }

  public static BatchNormException modelRepeated(String path) {
    return error(
        COMMAND_LINE,
        "Model %s is given more than once, so that its rows would count more than once; expected "
            + "each once. Remove the repetition.",
        path);
  }

  /** Says which models another error is about. */
  public static BatchNormException modelsDoNotCombine(String one, String other, String why) {
    return one.equals(other)
        ? error(MODEL_MISMATCH, "%s: %s", one, why)
        : error(MODEL_MISMATCH, "%s and %s: %s", one, other, why);
  }

  public static BatchNormException negativeLimit(int found) {
    return error(
        COMMAND_LINE, "--limit is %d; expected at least 0. Set how many rows to print.", found);
  }

  public static BatchNormException describeModelOrInput(boolean both) {
    return error(
        COMMAND_LINE,
        "%s; expected one of them. Give --model for what a model holds, or --input for what is in "
            + "a dataset.",
        both ? "Both --model and --input are given" : "Neither --model nor --input is given");
  }

  public static BatchNormException unreadableConfig(String file) {
    return error(
        COMMAND_LINE,
        "Config file %s cannot be read; expected a file of Java properties in UTF-8. Check --config.",
        file);
  }

  public static BatchNormException unknownConfigKey(String file, String key) {
    return error(
        COMMAND_LINE,
        "Config file %s has the unknown key '%s'; a key is an option's name without the dashes. "
            + "Correct or remove it.",
        file,
        key);
  }

  public static BatchNormException configFlag(String key, String found) {
    return error(
        COMMAND_LINE,
        "Config key '%s' is '%s'; expected true or false. Set one of them.",
        key,
        found);
  }

  public static BatchNormException noKind(String option, List<String> kinds) {
    return error(
        COMMAND_LINE,
        "%s is not given; expected one of %s. Add %s %s.",
        option,
        String.join(", ", kinds),
        option,
        kinds.get(0));
  }

  public static BatchNormException unknownKind(String option, String found, List<String> kinds) {
    return error(
        COMMAND_LINE,
        "%s is '%s'; expected one of %s. Name one of them.",
        option,
        found,
        String.join(", ", kinds));
  }

  public static BatchNormException dtypeOfText(String kind) {
    return error(
        COMMAND_LINE, "--dtype is given with --to %s, which has all digits. Remove it.", kind);
  }

  public static BatchNormException optionOfSql(String option) {
    return error(COMMAND_LINE, "%s is given; it goes with --to sql. Remove it.", option);
  }

  public static BatchNormException layerOfJson() {
    return error(COMMAND_LINE, "--layer is given; it goes with --from torch. Remove it.");
  }

  public static BatchNormException columnsAndVectorColumn() {
    return error(
        COMMAND_LINE,
        "Both --columns and --vector-column are given; expected one. Remove the other.");
  }

  public static BatchNormException columnsNotKnown(String path, int features) {
    return error(
        COMMAND_LINE,
        "File %s does not say which columns its %d features are. Name them with --columns, or the "
            + "column that holds all with --vector-column.",
        path,
        features);
  }

  public static BatchNormException otherColumns(
      String path, List<String> features, List<String> columns) {
    return error(
        COMMAND_LINE,
        "The features of file %s are %s and its columns would be %s; expected the same names in the "
            + "same order, as each column goes with the feature in its place. Give --columns as the "
            + "features are called, or correct the names in the file.",
        path,
        Listed.of(features, features.size()),
        Listed.of(columns, columns.size()));
  }

  public static BatchNormException columnsOfInverse(String path) {
    return error(
        COMMAND_LINE,
        "File %s is an inverse, whose columns are those of the model that it maps back; expected "
            + "them in the file, and no options for columns. Import the model itself with its columns, "
            + "and map back with batchnorm inverse.",
        path);
  }

  public static BatchNormException otherNumberOfColumns(String path, int features, int columns) {
    return error(
        COMMAND_LINE,
        "--columns names %d columns and file %s has %d features; expected a column for each, in "
            + "their order. Name them.",
        columns,
        path,
        features);
  }
}
