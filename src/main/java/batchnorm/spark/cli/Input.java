package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Data that a command reads.
 *
 * @param names the paths, or the names of tables, as the user writes them
 * @param files the paths among them
 * @param format the format that the user set, or the one that the files' names stand for
 * @param options the user's options of the data source
 */
record Input(
    List<String> names, List<Place> files, FileFormat format, Map<String, String> options) {

  /**
   * Looks up data to read.
   *
   * @param format the name of the format; null to guess it
   */
  static Input of(Storage storage, List<String> names, String format, Map<String, String> options)
      throws IOException {
    FileFormat set = format == null ? null : FileFormat.of(format);
    List<Place> files = new ArrayList<>();
    for (String name : names) {
      if (set == null || set.isPath(name)) {
        files.add(storage.matching(name));
      }
    }
    files.forEach(Place::requireThere);
    FileFormat known = set == null ? guessed(files) : set;
    Packages.require(known);
    return new Input(names, files, known, options);
  }

  /** Returns the one format of all {@code files}. */
  private static FileFormat guessed(List<Place> files) throws IOException {
    String known = null;
    FileFormat format = null;
    for (Place file : files) {
      for (FileFormat found : formats(file)) {
        if (format != null && !found.equals(format)) {
          throw InputErrors.formatsDiffer(known, format.toString(), file.path(), found.toString());
        }
        known = file.path();
        format = found;
      }
    }
    return format;
  }

  /**
   * Returns the formats that the names of files in a place stand for. The files of a table are not
   * read as such, as some of them hold rows that were deleted or replaced; an empty folder may have
   * the format in its own name.
   */
  private static List<FileFormat> formats(Place place) throws IOException {
    Optional<String> table = place.tableFormat();
    if (table.isPresent()) {
      return List.of(FileFormat.of(table.get()));
    }
    List<FileFormat> inside = place.fileFormats();
    if (!inside.isEmpty()) {
      return inside;
    }
    Optional<FileFormat> named =
        FileFormat.ofName(place.path().replaceFirst("/+$", "").replaceFirst(".*/", ""));
    if (named.isEmpty()) {
      place.requireVisible();
    }
    return List.of(named.orElseThrow(() -> InputErrors.unknownFormat(place.path())));
  }

  /** Returns the user's description of the data, for messages. */
  String described() {
    return names.isEmpty() ? format.source() : String.join(", ", names);
  }

  /** Returns the names of the tables, where the input is that. */
  List<String> tables() {
    return names.stream().filter(name -> !format.isPath(name)).toList();
  }

  /** Returns the data, not read yet except for its columns' names and types. */
  Dataset<Row> read(SparkSession session) throws IOException {
    if (format.isCatalogTable()) {
      return session.table(table().orElseThrow(() -> InputErrors.oneTable(0)));
    }
    DataFrameReader reader = session.read().format(format.source());
    if (format.isJdbc()) {
      return reader.options(jdbc()).load();
    }
    reader.options(FileFormat.options(format.readOptions(), options));
    Optional<LiteralPath.ForReader> literal = spelled().map(LiteralPath.ForReader::of);
    literal.ifPresent(found -> reader.options(found.options()));
    return reader.load(
        literal.map(LiteralPath.ForReader::paths).orElse(names).toArray(String[]::new));
  }

  /** Returns the paths that Spark is to take as they are, if it would take some otherwise. */
  Optional<List<String>> spelled() throws IOException {
    boolean isMistaken = false;
    for (Place file : format.isFolder() ? files : List.<Place>of()) {
      file.requireVisible();
      isMistaken = isMistaken || file.isMistakenBySpark();
    }
    return isMistaken
        ? Optional.of(
            files.stream()
                .flatMap(file -> file.found().stream())
                .map(FileStatus::getPath)
                .map(Object::toString)
                .toList())
        : Optional.empty();
  }

  /** Returns the options to read a database with. */
  Map<String, String> jdbc() {
    return JdbcOptions.complete("--option", options, table());
  }

  private Optional<String> table() {
    if (names.size() > 1) {
      throw InputErrors.oneTable(names.size());
    }
    return names.stream().findFirst();
  }
}
