package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.ModelVersions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The file systems that Spark reads and writes, local ones among them, as a command begins. */
final class Storage {
  /** The names that catalogs give (00002-a uuid) and those of tables without one (v2). */
  private static final Pattern ICEBERG_METADATA =
      Pattern.compile("(\\d{5,}-[0-9a-f-]{36}|v\\d+)(\\.gz)?\\.metadata\\.json(\\.gz)?");

  /** Files of Parquet that Spark reads although their names begin with _. */
  private static final Set<String> PARQUET_METADATA = Set.of("_metadata", "_common_metadata");

  private final Configuration configuration;

  /** The files and folders that patterns matched before, by pattern. */
  private final Map<String, List<FileStatus>> matches = new HashMap<>();

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

  boolean exists(String path) throws IOException {
    return files(LiteralPath.of(path)).exists(LiteralPath.of(path));
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

  /** Requires that no version of a model is at {@code path}, and no directory of them. */
  void requireReplaceableModel(String path) throws IOException {
    new ModelVersions(path, configuration).requireReplaceable();
  }

  /** Requires that no folder is at {@code path}, where a file is to be written. */
  void requireNoFolder(String path) throws IOException {
    if (exists(path)
        && files(LiteralPath.of(path)).getFileStatus(LiteralPath.of(path)).isDirectory()) {
      throw OutputErrors.outputIsFolder(path);
    }
  }

  /** Requires that {@code pattern}, a path that may have wildcards, matches a file or folder. */
  void requireInput(String pattern) throws IOException {
    if (matching(pattern).isEmpty()) {
      throw InputErrors.inputDoesNotExist(pattern);
    }
  }

  /**
   * Requires that Spark reads some of the files that {@code pattern} matches: it takes files whose
   * names begin with _ or . for its own.
   */
  void requireVisible(String pattern) throws IOException {
    Optional<Path> hidden = Optional.empty();
    for (FileStatus status : matching(pattern)) {
      if (status.isDirectory()) {
        for (FileStatus child : files(status.getPath()).listStatus(status.getPath())) {
          if (!isHidden(child.getPath().getName())) {
            return;
          }
          hidden = Optional.of(child.getPath());
        }
      } else if (isHidden(status.getPath().getName())) {
        hidden = Optional.of(status.getPath());
      } else {
        return;
      }
    }
    if (hidden.isPresent()) {
      throw InputErrors.hiddenInput(pattern, hidden.get().getName());
    }
  }

  /**
   * Returns the paths that Spark is to take as they are, if it would take one of {@code patterns}
   * for something else: a file whose name looks like a pattern, a pattern beside names with colons,
   * a name that looks like a scheme.
   */
  Optional<List<String>> literally(List<String> patterns) throws IOException {
    boolean taken = true;
    for (String pattern : patterns) {
      taken = taken && isTakenBySpark(pattern);
    }
    if (taken) {
      return Optional.empty();
    }
    List<String> paths = new ArrayList<>();
    for (String pattern : patterns) {
      for (FileStatus status : matching(pattern)) {
        paths.add(status.getPath().toString());
      }
    }
    return Optional.of(paths);
  }

  private boolean isTakenBySpark(String pattern) throws IOException {
    Path path = LiteralPath.of(pattern);
    if (!PathPattern.isPattern(pattern)) {
      return path.toUri().getScheme() != null || !path.toString().contains(":");
    }
    return !exists(pattern) && !new PathPattern(files(path), path).isTooMuchForHadoop();
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
      for (String path : exists(pattern) ? List.of(pattern) : visible(pattern)) {
        if (models.put(resolve(path).get(0), path) != null) {
          throw OptionErrors.modelRepeated(path);
        }
      }
    }
    return List.copyOf(models.values());
  }

  private List<String> visible(String pattern) throws IOException {
    boolean qualified = LiteralPath.of(pattern).toUri().getScheme() != null;
    List<String> paths = new ArrayList<>();
    for (FileStatus status : matching(pattern)) {
      Path path = status.getPath();
      if (!isHidden(path.getName())) {
        paths.add(qualified ? path.toString() : path.toUri().getPath());
      }
    }
    return paths.isEmpty() ? List.of(pattern) : paths;
  }

  /** Returns the paths that {@code pattern} matches, in one spelling for one file. */
  List<Path> resolve(String pattern) throws IOException {
    List<Path> resolved = new ArrayList<>();
    for (FileStatus status : matching(pattern)) {
      resolved.add(spelled(status.getPath()));
    }
    return resolved.isEmpty() ? List.of(spelled(LiteralPath.of(pattern))) : resolved;
  }

  /**
   * Returns the format of the table whose folder {@code pattern} is, or lies in, if it is one that
   * keeps a record of which of its files count.
   */
  Optional<String> tableFormat(String pattern) throws IOException {
    Set<Path> seen = new HashSet<>();
    for (FileStatus status : matching(pattern)) {
      Path folder = status.isDirectory() ? status.getPath() : status.getPath().getParent();
      for (Path at = folder; at != null && seen.add(at); at = at.getParent()) {
        Optional<String> format = recordedFormat(at);
        if (format.isPresent()) {
          return format;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> recordedFormat(Path folder) {
    try {
      FileSystem files = files(folder);
      if (files.exists(new Path(folder, "_delta_log"))) {
        return Optional.of("delta");
      }
      if (files.exists(new Path(folder, ".hoodie"))) {
        return Optional.of("hudi");
      }
      return hasIcebergMetadata(new Path(folder, "metadata"))
          ? Optional.of("iceberg")
          : Optional.empty();
    } catch (IOException e) {
      // Whoever may not look into a folder above the data cannot read a table there, either.
      return Optional.empty();
    }
  }

  /**
   * Returns, for each path that {@code pattern} matches, the name of one file of a known format in
   * it or below it, if there is one.
   */
  List<String> dataFiles(String pattern) {
    try {
      List<String> names = new ArrayList<>();
      for (FileStatus status : matching(pattern)) {
        dataFile(status).ifPresent(names::add);
      }
      return names;
    } catch (IOException e) {
      throw InputErrors.unreadable(pattern, e);
    }
  }

  /** Spark too takes names that start so for its own; columns of partitions may start with _. */
  private static boolean isHidden(String name) {
    return name.startsWith(".")
        || name.startsWith("_") && !name.contains("=") && !PARQUET_METADATA.contains(name);
  }

  private Optional<String> dataFile(FileStatus status) throws IOException {
    if (status.isFile()) {
      String name = status.getPath().getName();
      return FileFormat.ofName(name).map(known -> name);
    }
    FileStatus[] children = files(status.getPath()).listStatus(status.getPath());
    Arrays.sort(children);
    for (FileStatus child : children) {
      if (!isHidden(child.getPath().getName())) {
        Optional<String> found = dataFile(child);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private boolean hasIcebergMetadata(Path folder) throws IOException {
    return files(folder).exists(folder)
        && Arrays.stream(files(folder).listStatus(folder))
            .anyMatch(file -> ICEBERG_METADATA.matcher(file.getPath().getName()).matches());
  }

  /**
   * Returns the files that {@code pattern} matched at its first use, so that the store is listed
   * once.
   */
  private List<FileStatus> matching(String pattern) throws IOException {
    List<FileStatus> known = matches.get(pattern);
    if (known == null) {
      known = found(pattern);
      matches.put(pattern, known);
    }
    return known;
  }

  private List<FileStatus> found(String pattern) throws IOException {
    Path path = LiteralPath.of(pattern);
    try {
      return List.of(files(path).getFileStatus(path));
    } catch (FileNotFoundException e) {
      return PathPattern.isPattern(pattern)
          ? new PathPattern(files(path), path).matches()
          : List.of();
    }
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
