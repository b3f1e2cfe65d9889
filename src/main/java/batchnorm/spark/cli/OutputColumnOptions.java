package batchnorm.spark.cli;

import batchnorm.spark.BatchNormParams;
import batchnorm.spark.errors.ColumnErrors;
import batchnorm.spark.errors.OptionErrors;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * Options for the columns that normalized values are written to; by default, those they are read
 * from.
 */
final class OutputColumnOptions {
  @Option(
      names = "--in-place",
      description = "Write each column over the one it comes from; this is the default of a fit.")
  private boolean inPlace;

  @Option(
      names = "--suffix",
      paramLabel = "TEXT",
      description = "Write each column beside the one it comes from, under its name and TEXT.")
  private String suffix;

  @Option(
      names = "--output-columns",
      paramLabel = "NAMES",
      description = "Write the columns under these names, one for each input column.")
  private String outputColumns;

  @Option(
      names = "--output-column",
      paramLabel = "NAME",
      description = "Write one column: a vector of all columns, or the normalized vector column.")
  private String outputColumn;

  /** Requires at most one way to say which columns. */
  void check() {
    if (given() > 1) {
      throw OptionErrors.outputColumnsChosenTwice();
    }
  }

  boolean isGiven() {
    return given() > 0;
  }

  private long given() {
    return Stream.of(inPlace, suffix != null, outputColumns != null, outputColumn != null)
        .filter(set -> set)
        .count();
  }

  /** Sets the columns that {@code stage} writes for those it reads. */
  void apply(BatchNormParams<?> stage) {
    stage.clear(stage.outputCol());
    stage.clear(stage.outputCols());
    if (stage.isSet(stage.inputCol())) {
      stage.setOutputCol(single(stage.getInputCol()));
    } else if (outputColumn != null) {
      stage.setOutputCol(outputColumn);
    } else {
      stage.setOutputCols(each(List.of(stage.getInputCols())));
    }
  }

  private String single(String input) {
    if (outputColumns != null) {
      throw ColumnErrors.outputColsWithoutInputCols();
    }
    return Optional.ofNullable(outputColumn).orElse(suffix == null ? input : input + suffix);
  }

  private String[] each(List<String> inputs) {
    List<String> names =
        outputColumns != null
            ? NameList.parse(outputColumns)
            : inputs.stream().map(name -> suffix == null ? name : name + suffix).toList();
    return names.toArray(String[]::new);
  }
}
