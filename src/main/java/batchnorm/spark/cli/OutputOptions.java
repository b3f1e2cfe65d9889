package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the result goes. */
class OutputOptions {
  @Option(
      names = "--output",
      paramLabel = "PATH",
      description = "The folder to write the result to.")
  private String path;

  @Option(
      names = "--output-format",
      paramLabel = "NAME",
      description =
          "Any Spark data source. By default what the ending of --output says, else the input's, "
              + "or parquet if a vector is written.")
  private String format;

  @Option(
      names = "--output-option",
      paramLabel = "KEY=VALUE",
      description =
          "An option of the data source to write with; may be repeated. For csv, header=true is "
              + "set unless you set it.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--mode",
      paramLabel = "error|overwrite|append",
      description =
          "What to do if the output exists (default: error). overwrite replaces it, and a model to "
              + "write, once the new one is complete; append adds to the data.")
  private Mode mode = Mode.ERROR;

  /** Requires what picocli does not require of an option in a group that is only a heading. */
  void check(CommandLine line) {
    if (path == null) {
      throw new ParameterException(
          line, Errors.missingOption("--output", "the folder to write to").getMessage());
    }
  }

  String path() {
    return path;
  }

  Mode mode() {
    return mode;
  }

  Map<String, String> options(FileFormat target) {
    return FileFormat.options(target.writeOptions(), options);
  }

  /** Returns the format to write {@code schema} in, which holds all its columns. */
  FileFormat format(FileFormat input, StructType schema) {
    FileFormat target =
        Optional.ofNullable(format)
            .map(FileFormat::of)
            .or(() -> FileFormat.ofName(path))
            .orElse(hasVector(schema) ? FileFormat.PARQUET : input);
    target
        .unsupported(schema)
        .ifPresent(
            field -> {
              throw Errors.formatCannotHold(
                  target.source(), field.name(), field.dataType().simpleString());
            });
    return target;
  }

  private static boolean hasVector(StructType schema) {
    return Arrays.stream(schema.fields())
        .anyMatch(field -> field.dataType().equals(SQLDataTypes.VectorType()));
  }
}
