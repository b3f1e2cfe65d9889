package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
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

  /** Returns the inputs that are files or folders, and not tables of catalogs or databases. */
  List<String> files(FileFormat source) {
    return paths.stream().filter(source::isPath).toList();
  }

  /** Returns the names of the tables, where the input is that. */
  List<String> tables(FileFormat source) {
    return paths.stream().filter(path -> !source.isPath(path)).toList();
  }

  /** The user's description of the data, for messages. */
  String described() {
    return paths.isEmpty() ? format : String.join(", ", paths);
  }

  /** Returns the format that the user set, or the one that the files' names stand for. */
  FileFormat format(Storage storage) throws IOException {
    FileFormat source =
        format == null ? new FormatGuess(storage).format(paths) : FileFormat.of(format);
    Packages.require(source);
    return source;
  }

  /** Returns the data, not read yet except for its columns' names and types. */
  Dataset<Row> read(SparkSession session, Storage storage, FileFormat source) throws IOException {
    if (source.isCatalogTable()) {
      return session.table(table().orElseThrow(() -> InputErrors.oneTable(0)));
    }
    DataFrameReader reader = session.read().format(source.source());
    if (source.isJdbc()) {
      return reader.options(jdbc()).load();
    }
    reader.options(FileFormat.options(source.readOptions(), options));
    Optional<List<String>> literal = spelled(storage, source);
    literal.ifPresent(found -> reader.options(LiteralPath.READER_OPTIONS));
    return reader.load(literal.orElse(paths).toArray(String[]::new));
  }

  /** Returns the paths that Spark is to take as they are, if it would take some otherwise. */
  Optional<List<String>> spelled(Storage storage, FileFormat source) throws IOException {
    if (!source.isFolder()) {
      return Optional.empty();
    }
    for (String path : paths) {
      storage.requireVisible(path);
    }
    return storage.literally(paths);
  }

  /** Returns the options to read a database with. */
  Map<String, String> jdbc() {
    return JdbcOptions.complete("--option", options, table());
  }

  private Optional<String> table() {
    if (paths.size() > 1) {
      throw InputErrors.oneTable(paths.size());
    }
    return paths.stream().findFirst();
  }
}
