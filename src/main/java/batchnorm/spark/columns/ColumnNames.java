package batchnorm.spark.columns;

import batchnorm.spark.errors.ColumnErrors;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The names of a stage's columns: one input column or several, one output column or several.
 *
 * @param inputs the columns that are read
 * @param outputs the columns that are written
 * @param oneInput true if the input is {@code inputCol}: all features in one column
 * @param oneOutput true if the output is {@code outputCol}: all features in one column
 */
public record ColumnNames(
    List<String> inputs, List<String> outputs, boolean oneInput, boolean oneOutput) {

  /**
   * Returns the names set on a stage, in the normalizing direction.
   *
   * @param defaultOutput the output column if none is set
   */
  public static ColumnNames of(
      Optional<String> inputCol,
      Optional<String[]> inputCols,
      Optional<String> outputCol,
      Optional<String[]> outputCols,
      String defaultOutput) {
    if (inputCol.isPresent() && inputCols.isPresent()) {
      throw ColumnErrors.bothInputColAndInputCols();
    }
    if (inputCol.isEmpty() && inputCols.isEmpty()) {
      throw ColumnErrors.noInput();
    }
    if (outputCol.isPresent() && outputCols.isPresent()) {
      throw ColumnErrors.bothOutputColAndOutputCols();
    }
    if (inputCol.isPresent() && outputCols.isPresent()) {
      throw ColumnErrors.outputColsWithoutInputCols();
    }
    List<String> inputs = inputCols.map(List::of).orElseGet(() -> List.of(inputCol.get()));
    List<String> outputs =
        outputCols.map(List::of).orElseGet(() -> List.of(outputCol.orElse(defaultOutput)));
    requireDistinct("inputCols", inputs);
    requireDistinct("outputCols", outputs);
    if (outputCols.isPresent() && inputs.size() != outputs.size()) {
      throw ColumnErrors.columnCountsDiffer(inputs.size(), outputs.size());
    }
    return new ColumnNames(inputs, outputs, inputCol.isPresent(), outputCols.isEmpty());
  }

  /**
   * Returns the names for the inverse: outputs are read and inputs are written. A field of a struct
   * is written to a column named by its path.
   */
  public ColumnNames reversed() {
    return new ColumnNames(
        outputs, inputs.stream().map(ColumnPath::canonical).toList(), oneOutput, oneInput);
  }

  private static void requireDistinct(String param, List<String> names) {
    if (names.isEmpty()) {
      throw ColumnErrors.emptyColumnList(param);
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(SchemaLookup.key(ColumnPath.canonical(name)))) {
        throw ColumnErrors.repeatedColumn(param, name);
      }
    }
  }
}
