package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options that select the data to read. */
final class InputOptions {
  @Option(
      names = "--input",
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Files or folders to read, also with Hadoop's wildcards; several are read as one dataset. "
              + "Of the formats iceberg, table and jdbc the name of a table.")
  private List<String> paths = List.of();

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "Any Spark data source, or table for a table of a catalog. By default it is guessed from "
              + "the file names: parquet, orc, csv, tsv, json, jsonl, ndjson and avro, compressed or "
              + "not; the folders of Delta and Iceberg tables are known by what is in them.")
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

  /** Checks the options as far as possible before Spark starts. */
  void check() {
    for (String path : paths) {
      // The option takes several values, so a mistyped option after it would become a path.
      if (path.startsWith("--")) {
        throw OptionErrors.unknownOption(path);
      }
    }
    if (!isGiven()) {
      throw OptionErrors.missingOption("--input", "the data to read");
    }
  }

  /** Looks up the data. */
  Input find(Storage storage) throws IOException {
    return Input.of(storage, paths, format, options);
  }
}
