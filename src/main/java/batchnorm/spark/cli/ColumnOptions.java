package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.errors.Listed;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.fit.ExplainedErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine.Option;

/** Options that select the columns to normalize. */
final class ColumnOptions {
  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      description =
          "Columns to normalize, separated by commas: names as they are, or patterns of numeric "
              + "columns with * and ? ('sensor_*').")
  private String columns;

  @Option(names = "--all-numeric", description = "Normalize all numeric columns.")
  private boolean allNumeric;

  @Option(
      names = "--except",
      paramLabel = "NAMES",
      description = "Columns to leave as they are, names or patterns; with the two above.")
  private String except;

  @Option(
      names = "--vector-column",
      paramLabel = "NAME",
      description = "One column that holds all features: a vector, array<double> or array<float>.")
  private String vectorColumn;

  /** Requires exactly one way to say which columns. */
  void check() {
    long given =
        Stream.of(columns != null, allNumeric, vectorColumn != null).filter(set -> set).count();
    if (given != 1) {
      throw OptionErrors.columnsChosen((int) given);
    }
    if (vectorColumn != null && except != null) {
      throw OptionErrors.exceptWithVectorColumn();
    }
  }

  /** Takes all numeric columns where the user says nothing: a description harms none. */
  void orAllNumeric() {
    allNumeric = allNumeric || (columns == null && vectorColumn == null);
  }

  /** Sets the columns of {@code data} that {@code stage} reads. */
  void select(BatchNorm stage, Dataset<?> data) {
    ExplainedErrors.explained(data, () -> select(stage, data.schema()));
  }

  private BatchNorm select(BatchNorm stage, StructType schema) {
    if (vectorColumn != null) {
      return stage.setInputCol(vectorColumn);
    }
    ColumnSelection selection = selection(stage, schema);
    List<String> excluded = NameList.parseIfGiven(except);
    List<String> selected =
        allNumeric
            ? selection.allNumeric(excluded)
            : selection.named(NameList.parse(columns), excluded);
    return stage.setInputCols(selected.toArray(String[]::new));
  }

  /**
   * Returns a note on the columns that {@code --all-numeric} leaves out, as they are not numeric.
   */
  Optional<String> leftOut(BatchNorm stage, StructType schema) {
    List<StructField> others =
        allNumeric ? selection(stage, schema).notNumeric(NameList.parseIfGiven(except)) : List.of();
    List<String> named =
        others.stream()
            .map(field -> "'" + field.name() + "' (" + field.dataType().simpleString() + ")")
            .toList();
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of("Left out, as not numeric: " + Listed.ofTexts(named, named.size()));
  }

  private static ColumnSelection selection(BatchNorm stage, StructType schema) {
    List<String> reserved = new ArrayList<>();
    if (stage.isSet(stage.weightCol())) {
      reserved.add(stage.getWeightCol());
    }
    if (stage.isSet(stage.groupCols())) {
      reserved.addAll(List.of(stage.getGroupCols()));
    }
    return new ColumnSelection(schema, reserved);
  }
}
