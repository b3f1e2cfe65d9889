package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where the data comes from. */
final class InputOptions {
  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Files or folders to read, also with Hadoop's wildcards; several are read as one dataset.")
  private List<String> paths = List.of();

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "Any Spark data source. By default it is guessed from the file names: parquet, orc, csv, "
              + "tsv, json, jsonl, ndjson and avro, compressed or not.")
  private String format;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description =
          "An option of the Spark data source; may be repeated. For csv, header=true and "
              + "inferSchema=true are set unless you set them.")
  private Map<String, String> options = new LinkedHashMap<>();

  boolean isGiven() {
    return !paths.isEmpty() || format != null;
  }

  /** Requires what can be required before Spark starts. */
  void check(CommandLine line) {
    for (String path : paths) {
      // The option takes several values, so a mistyped option after it would become a path.
      if (path.startsWith("--")) {
        throw new ParameterException(line, "Unknown option: '" + path + "'");
      }
    }
    if (!isGiven()) {
      throw new ParameterException(
          line, Errors.missingOption("--input", "the data to read").getMessage());
    }
  }

  List<String> paths() {
    return paths;
  }

  /** What the user gave, to name the data by. */
  String described() {
    return paths.isEmpty() ? format : String.join(", ", paths);
  }

  /** Returns the format that the user set, or that the files' names tell. */
  FileFormat format(Storage storage) {
    return format == null ? new FormatGuess(storage).format(paths) : FileFormat.of(format);
  }

  /** Returns the data, not read yet except for its columns' names and types. */
  Dataset<Row> read(SparkSession session, FileFormat source) {
    return session
        .read()
        .format(source.source())
        .options(FileFormat.options(source.readOptions(), options))
        .load(paths.toArray(String[]::new));
  }
}
