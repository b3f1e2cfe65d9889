package batchnorm.spark.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.ConditionalFile;
import batchnorm.spark.files.LiteralPath;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Complete version of a model. Its file {@code _version.json} describes it as one JSON object:
 *
 * <pre>
 *   formatVersion  1
 *   version        the number of the version
 *   previous       the number of the version from which it was updated; absent in the first
 *   writer         a unique text of the writer
 *   queryId        the streaming query of its last micro-batch
 *   batchId        the id of that micro-batch
 *   batches        the last micro-batch of every query, by queryId
 *   window         the kind and the parts of a {@link VersionWindow}; absent without one
 *   files          the length of every file of the model, by its path in the folder
 *   checksum       of the object without this field; absent in versions of earlier releases
 * </pre>
 *
 * <p>The version is complete when all these files exist, also on stores that rename a folder by
 * copying its files in any order.
 *
 * @param path the folder of the saved model
 * @param number the number of the version
 * @param previous the number of the version from which it was updated
 * @param writer a unique text of the writer, which identifies it among versions of the same number
 * @param progress the micro-batches in the model
 * @param window the rows in the model
 * @param files the lengths of the model's files
 */
public record ModelVersion(
    Path path,
    long number,
    OptionalLong previous,
    String writer,
    StreamProgress progress,
    VersionWindow window,
    Map<String, Long> files) {
  private static final int FORMAT = 1;
  private static final String FILE = "_version.json";
  private static final String CLAIM = "_writer";
  private static final String CHECKSUM = "checksum";

  /** Names in a path that lead out of a folder. */
  private static final Set<String> OUTSIDE = Set.of("", ".", "..");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads the version in the folder {@code path}, if it is complete. */
  static Optional<ModelVersion> read(FileSystem system, Path path) throws IOException {
    Optional<ModelVersion> version = written(system, path);
    return version.isPresent() && version.get().isComplete(system) ? version : Optional.empty();
  }

  /**
   * Reads the version in the folder {@code path}, complete or not. A description that is incomplete
   * or differs from its checksum, or from Hadoop's, is none.
   */
  static Optional<ModelVersion> written(FileSystem system, Path path) throws IOException {
    try (InputStream in = system.open(new Path(path, FILE))) {
      JsonNode object = JSON.readTree(in);
      ModelVersion version = of(path, object);
      return Optional.of(version).filter(read -> read.isAsWritten(object) && read.isInFolder());
    } catch (FileNotFoundException | JsonProcessingException | ChecksumException e) {
      return Optional.empty();
    }
  }

  /** Returns whether a folder belongs to a version, complete or not. */
  static boolean isIn(FileSystem system, Path folder) throws IOException {
    return system.exists(new Path(folder, FILE));
  }

  /** Writes the description of this version into {@code folder}, next to its model. */
  void write(FileSystem system, Path folder) throws IOException {
    try (OutputStream out = system.create(new Path(folder, FILE), false)) {
      out.write(content());
    }
  }

  /**
   * Claims the number of this version on a store that creates a file only if it is new.
   *
   * @return true if this version has the number
   */
  boolean claim(FileSystem system) throws IOException {
    return ConditionalFile.create(system, new Path(path, CLAIM), writer.getBytes(UTF_8));
  }

  /**
   * Writes the description of this version next to its model, unless another writer has {@linkplain
   * #pass passed} it.
   *
   * @return true if this version is in place
   */
  boolean commit(FileSystem system) throws IOException {
    return ConditionalFile.create(system, new Path(path, FILE), content());
  }

  /**
   * Marks another version as one that never becomes complete: writes a description without files,
   * unless it is complete.
   */
  void pass(FileSystem system, Path other) throws IOException {
    ModelVersion none =
        new ModelVersion(other, number, previous, writer, progress, VersionWindow.NONE, Map.of());
    none.commit(system);
  }

  private byte[] content() throws IOException {
    ObjectNode object = json();
    object.put(CHECKSUM, checksum());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(object);
  }

  private String checksum() {
    return HexFormat.of().toHexDigits(Checksum.of(json().toString()));
  }

  private boolean isAsWritten(JsonNode read) {
    return !read.has(CHECKSUM) || read.get(CHECKSUM).asText().equals(checksum());
  }

  /** Returns whether all files are below the folder. */
  private boolean isInFolder() {
    return files.keySet().stream()
        .allMatch(file -> Arrays.stream(file.split("/", -1)).noneMatch(OUTSIDE::contains));
  }

  /**
   * Returns the model's files in {@code folder}; names that start with _ or . are not part of the
   * model.
   */
  static Map<String, Long> files(FileSystem system, Path folder) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    for (FileStatus status : system.listStatus(folder)) {
      String name = status.getPath().getName();
      if (status.isDirectory()) {
        files(system, status.getPath())
            .forEach((file, length) -> files.put(name + "/" + file, length));
      } else if (!name.startsWith("_") && !name.startsWith(".")) {
        files.put(name, status.getLen());
      }
    }
    return files;
  }

  private boolean isComplete(FileSystem system) throws IOException {
    if (files.isEmpty()) {
      return false;
    }
    try {
      for (Map.Entry<String, Long> file : files.entrySet()) {
        if (system.getFileStatus(LiteralPath.child(path, file.getKey())).getLen()
            != file.getValue()) {
          return false;
        }
      }
      return true;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private ObjectNode json() {
    ObjectNode object = JSON.createObjectNode();
    object.put("formatVersion", FORMAT).put("version", number);
    previous.ifPresent(before -> object.put("previous", before));
    object
        .put("writer", writer)
        .put("queryId", progress.queryId())
        .put("batchId", progress.batchId());
    new TreeMap<>(progress.lastBatches()).forEach(object.putObject("batches")::put);
    if (window.exists()) {
      ArrayNode parts = object.putObject("window").put("kind", window.kind()).putArray("parts");
      window
          .parts()
          .forEach(
              part -> parts.addObject().put("version", part.version()).put("time", part.time()));
    }
    new TreeMap<>(files).forEach(object.putObject("files")::put);
    return object;
  }

  private static ModelVersion of(Path path, JsonNode object) {
    int format = object.path("formatVersion").asInt();
    if (format > FORMAT) {
      throw SavedModelErrors.newerFormat(path.toString(), format, FORMAT);
    }
    JsonNode previous = object.path("previous");
    return new ModelVersion(
        path,
        object.path("version").asLong(),
        previous.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(previous.asLong()),
        object.path("writer").asText(),
        new StreamProgress(
            object.path("queryId").asText(),
            object.path("batchId").asLong(),
            longs(object.path("batches"))),
        window(object.path("window")),
        longs(object.path("files")));
  }

  private static VersionWindow window(JsonNode object) {
    List<VersionWindow.Part> parts = new ArrayList<>();
    object
        .path("parts")
        .forEach(
            part ->
                parts.add(
                    new VersionWindow.Part(
                        part.path("version").asLong(), part.path("time").asLong())));
    return new VersionWindow(object.path("kind").asText(), parts);
  }

  private static Map<String, Long> longs(JsonNode object) {
    Map<String, Long> longs = new TreeMap<>();
    object.properties().forEach(entry -> longs.put(entry.getKey(), entry.getValue().asLong()));
    return longs;
  }
}
