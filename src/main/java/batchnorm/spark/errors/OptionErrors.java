package batchnorm.spark.errors;

import static batchnorm.spark.errors.ErrorText.columnError;
import static batchnorm.spark.errors.ErrorText.error;
import static batchnorm.spark.errors.ErrorText.quoted;

import java.util.List;

/** Errors in the commands and options of the command line. */
public final class OptionErrors {
  private OptionErrors() {}

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

  public static IllegalArgumentException unreadableArgument(String argument, String encoding) {
    return error(
        "Argument '%s' has characters that the locale of this process (LC_ALL, LANG; encoding %s) "
            + "does not have; expected a locale of UTF-8. Set LC_ALL=C.UTF-8, and run the command "
            + "again.",
        argument, encoding);
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

  public static IllegalArgumentException negativeLimit(int found) {
    return error("--limit is %d; expected at least 0. Set how many rows to print.", found);
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

  public static IllegalArgumentException noKind(String option, List<String> kinds) {
    return error(
        "%s is not given; expected one of %s. Add %s %s.",
        option, String.join(", ", kinds), option, kinds.get(0));
  }

  public static IllegalArgumentException unknownKind(
      String option, String found, List<String> kinds) {
    return error(
        "%s is '%s'; expected one of %s. Name one of them.",
        option, found, String.join(", ", kinds));
  }

  public static IllegalArgumentException dtypeOfJson() {
    return error("--dtype is given with --to json, which has all digits. Remove it.");
  }

  public static IllegalArgumentException layerOfJson() {
    return error("--layer is given; it goes with --from torch. Remove it.");
  }

  public static IllegalArgumentException columnsAndVectorColumn() {
    return error("Both --columns and --vector-column are given; expected one. Remove the other.");
  }

  public static IllegalArgumentException columnsNotKnown(String path, int features) {
    return error(
        "File %s does not say which columns its %d features are. Name them with --columns, or the "
            + "column that holds all with --vector-column.",
        path, features);
  }

  public static IllegalArgumentException otherColumns(
      String path, List<String> features, List<String> columns) {
    return error(
        "The features of file %s are %s and its columns would be %s; expected the same names in the "
            + "same order, as each column goes with the feature in its place. Give --columns as the "
            + "features are called, or correct the names in the file.",
        path, Listed.of(features, features.size()), Listed.of(columns, columns.size()));
  }

  public static IllegalArgumentException columnsOfInverse(String path) {
    return error(
        "File %s is an inverse, whose columns are those of the model that it maps back; expected "
            + "them in the file, and no options for columns. Import the model itself with its columns, "
            + "and map back with batchnorm inverse.",
        path);
  }

  public static IllegalArgumentException otherNumberOfColumns(
      String path, int features, int columns) {
    return error(
        "--columns names %d columns and file %s has %d features; expected a column for each, in "
            + "their order. Name them.",
        columns, path, features);
  }
}
