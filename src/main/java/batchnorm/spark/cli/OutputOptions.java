package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.errors.OutputErrors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine.Option;

/** Options for the destination of the result. */
class OutputOptions {
  @Option(
      names = "--output",
      paramLabel = "PATH",
      description =
          "The folder to write the result to; of the formats iceberg, table and jdbc the name of a "
              + "table.")
  private String path;

  @Option(
      names = "--output-format",
      paramLabel = "NAME",
      description =
          "Any Spark data source, or table for a table of a catalog. By default what the ending of "
              + "--output says, else the input's, or parquet if it cannot hold a vector that is "
              + "written.")
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
              + "write, once the new one is complete; append adds to the data. The table of a database "
              + "keeps its definition, is emptied first, and gets rows as they are computed; with "
              + "--output-option truncate=false Spark drops it and creates it again.")
  private Mode mode = Mode.ERROR;

  /** Requires the option, which picocli does not do in a group that is only a heading. */
  void check() {
    if (path == null && JdbcOptions.table(options).isEmpty()) {
      throw OptionErrors.missingOption("--output", "the folder to write to");
    }
  }

  /** Returns where the result goes: a path, or the name of a table. */
  String path() {
    return path == null ? JdbcOptions.table(options).orElseThrow() : path;
  }

  Mode mode() {
    return mode;
  }

  Map<String, String> options(FileFormat target) {
    return target.isJdbc()
        ? JdbcOptions.complete("--output-option", options, Optional.of(path()))
        : FileFormat.options(target.writeOptions(), options);
  }

  /** Returns the format to write in, unless it does not hold what is written. */
  FileFormat format(FileFormat input) {
    FileFormat target = chosen().orElse(input);
    Packages.require(target);
    return target;
  }

  /** Returns the format to write {@code schema} in, which holds all its columns. */
  FileFormat format(FileFormat input, StructType schema) {
    FileFormat target = format(input);
    if (chosen().isEmpty() && hasVector(schema) && target.isFolder()) {
      return FileFormat.PARQUET;
    }
    target
        .unsupported(schema)
        .ifPresent(
            field -> {
              throw OutputErrors.formatCannotHold(
                  target.source(), field.name(), field.dataType().simpleString());
            });
    return target;
  }

  private Optional<FileFormat> chosen() {
    return Optional.ofNullable(format)
        .map(FileFormat::of)
        .or(() -> path == null ? Optional.empty() : FileFormat.ofName(path));
  }

  private static boolean hasVector(StructType schema) {
    return Arrays.stream(schema.fields())
        .anyMatch(field -> field.dataType().equals(SQLDataTypes.VectorType()));
  }
}
