package batchnorm.spark.cli;

import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.tables.TableFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The file systems that Spark reads and writes, local ones among them, as a command begins. */
final class Storage {
  /** Files of Parquet that Spark reads although their names begin with _. */
  private static final Set<String> PARQUET_METADATA = Set.of("_metadata", "_common_metadata");

  private final Configuration configuration;

  /** The formats of tables that were looked for before, by folder. */
  private final Map<Path, Optional<String>> tables = new HashMap<>();

  private final Outcome outcome;

  Storage(Configuration configuration) {
    this(configuration, new Outcome());
  }

  /** Takes what is to hear of the outputs that are written here. */
  Storage(Configuration configuration, Outcome outcome) {
    this.configuration = configuration;
    this.outcome = outcome;
  }

  /** Returns whether {@code path} can be resolved with Hadoop's default configuration alone. */
  static boolean isLocal(String path) {
    String scheme = path.isEmpty() ? "" : LiteralPath.of(path).toUri().getScheme();
    return scheme == null || scheme.equals("file");
  }

  Configuration configuration() {
    return configuration;
  }

  Outcome outcome() {
    return outcome;
  }

  FileSystem files(Path path) throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    if (files.getUri().getScheme().equals("file")) {
      PlatformText.requireName(path.toUri().getPath());
    }
    return files;
  }

  /**
   * Returns {@code location} as the file system of {@code path} calls it, if it may be in that:
   * tables may have their files where Hadoop does not reach, or reaches under another scheme.
   */
  Optional<String> asIn(String path, String location) throws IOException {
    String scheme = files(LiteralPath.of(path)).getUri().getScheme();
    String known = LiteralPath.of(location).toUri().getScheme();
    if (known == null || known.equals(scheme)) {
      return Optional.of(location);
    }
    return scheme.startsWith("s3") && known.startsWith("s3")
        ? Optional.of(scheme + location.substring(known.length()))
        : Optional.empty();
  }

  /**
   * Returns the folders that {@code patterns} match; a pattern without a match is returned as it
   * is.
   *
   * @throws IllegalArgumentException if one folder is meant twice
   */
  List<String> models(List<String> patterns) throws IOException {
    Map<Path, String> models = new LinkedHashMap<>();
    for (String pattern : patterns) {
      for (String path : visible(matching(pattern))) {
        if (models.put(spelled(LiteralPath.of(path)), path) != null) {
          throw OptionErrors.modelRepeated(path);
        }
      }
    }
    return List.copyOf(models.values());
  }

  private static List<String> visible(Place place) {
    if (!place.byWildcards()) {
      return List.of(place.path());
    }
    boolean qualified = LiteralPath.of(place.path()).toUri().getScheme() != null;
    List<String> paths =
        place.found().stream()
            .map(FileStatus::getPath)
            .filter(path -> !isHidden(path.getName()))
            .map(path -> qualified ? path.toString() : path.toUri().getPath())
            .toList();
    return paths.isEmpty() ? List.of(place.path()) : paths;
  }

  /**
   * Returns the format of the table that {@code folder} is, if it is one that keeps a record of
   * which of its files count.
   */
  Optional<String> tableFormat(Path folder) {
    return tables.computeIfAbsent(folder, this::recordedFormat);
  }

  private Optional<String> recordedFormat(Path folder) {
    try {
      return TableFolder.format(files(folder), folder);
    } catch (IOException e) {
      // Whoever may not look into a folder above the data cannot read a table there, either.
      return Optional.empty();
    }
  }

  /** Spark too takes names that start so for its own; columns of partitions may start with _. */
  static boolean isHidden(String name) {
    return name.startsWith(".")
        || name.startsWith("_") && !name.contains("=") && !PARQUET_METADATA.contains(name);
  }

  /** Returns the files and folders in a folder, sorted by name. */
  List<FileStatus> children(FileStatus folder) throws IOException {
    FileStatus[] children = files(folder.getPath()).listStatus(folder.getPath());
    Arrays.sort(children);
    return List.of(children);
  }

  /** Looks up a path to read, which is a pattern if it has wildcards and there is no such file. */
  Place matching(String pattern) throws IOException {
    Place literal = literal(pattern);
    if (literal.isThere() || !LiteralPath.isPattern(pattern)) {
      return literal;
    }
    Path path = LiteralPath.of(pattern);
    List<FileStatus> found = new PathPattern(files(path), path).matches();
    List<Path> spelled = new ArrayList<>();
    for (FileStatus status : found) {
      spelled.add(spelled(status.getPath()));
    }
    return new Place(this, pattern, true, found, found.isEmpty() ? literal.spelled() : spelled);
  }

  /** Looks up a path of which every character stands for itself. */
  Place literal(String text) throws IOException {
    Path path = LiteralPath.of(text);
    List<FileStatus> found;
    try {
      found = List.of(files(path).getFileStatus(path));
    } catch (FileNotFoundException e) {
      found = List.of();
    }
    return new Place(this, text, false, found, List.of(spelled(path)));
  }

  /** Completes the replacement of a file or folder that was interrupted between its renames. */
  void recover(String text) throws IOException {
    Path path = LiteralPath.of(text);
    FileSystem files = AtomicPath.withoutChecksums(files(path));
    new AtomicPath(files, files.makeQualified(path)).recover();
  }

  private Path spelled(Path path) throws IOException {
    Path qualified = files(path).makeQualified(path);
    if (!"file".equals(qualified.toUri().getScheme())) {
      return qualified;
    }
    // A link and what it leads to are one place; what does not exist yet lies in a folder that may.
    java.nio.file.Path local = java.nio.file.Path.of(qualified.toUri().getPath());
    java.nio.file.Path existing = local;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing == null
        ? qualified
        : new Path(
            "file",
            null,
            existing.toRealPath().resolve(existing.relativize(local)).normalize().toString());
  }
}
