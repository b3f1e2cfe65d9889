package batchnorm.spark.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.VersionWindow.Part;
import batchnorm.spark.tables.TableFile;
import batchnorm.spark.tables.TableSnapshot;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Table whose rows a version of a model is of, beside the model:
 *
 * <pre>
 * version=N/table.json    formatVersion, format, id, version: the snapshot of the table;
 *                         reads: the columns and the params that decide its sums;
 *                         checksum: that of the files
 * version=N/files/        Parquet: path and state of each file; model: the number of the version
 *                         with its
 *                         sums: 0 for this one, -1 for none, as it has no rows
 * version=N/part-0/       a saved model, whose groups are the files that version N has read
 * </pre>
 *
 * @param format the format of the table
 * @param id a text that no other table has
 * @param snapshot the version of the table
 * @param reads the columns that are read of each row, and how
 * @param files the files, each with the number of the version that has its sums, or 0 or -1
 */
public record FollowedTable(
    String format, String id, String snapshot, String reads, Map<TableFile, Long> files) {
  /** The kind of the window that has the parts of files. */
  public static final String KIND = "files";

  /** Stands for the version of the sums of a file without rows. */
  public static final long NONE = -1;

  /** Stands for the version that the table is beside, whose number is not known before. */
  private static final long NEW = 0;

  private static final int VERSION = 1;
  private static final String JSON_FILE = "table.json";
  private static final String FILES = "files";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final StructType SCHEMA =
      new StructType()
          .add("path", DataTypes.StringType, false)
          .add("state", DataTypes.StringType, false)
          .add("model", DataTypes.LongType, false);

  /**
   * Returns the table of a new version.
   *
   * @param kept the files whose sums an earlier version has
   * @param versions those of these versions that stay; the new version has the sums of the others
   * @param paths the other files that have rows
   */
  public static FollowedTable of(
      TableSnapshot now,
      String reads,
      Map<TableFile, Long> kept,
      Set<Long> versions,
      Set<String> paths) {
    Map<TableFile, Long> files = new HashMap<>();
    for (TableFile file : now.files()) {
      long without = paths.contains(file.path()) ? NEW : NONE;
      long version = kept.getOrDefault(file, without);
      files.put(file, version == NONE || versions.contains(version) ? version : NEW);
    }
    return new FollowedTable(now.format(), now.id(), now.version(), reads, files);
  }

  /** Returns the files, each with the number of the version that has its sums. */
  public Map<TableFile, Long> filesBy(long number) {
    Map<TableFile, Long> all = new HashMap<>(files);
    all.replaceAll((file, version) -> version == NEW ? number : version);
    return all;
  }

  /** Returns the part of the version {@code model}. */
  public static Part part(long model) {
    return new Part(model, 0);
  }

  /** Reads the table of a version; empty if it is of none. */
  public static Optional<FollowedTable> read(ModelVersion version, SparkSession session) {
    String path = version.path().toString();
    Configuration configuration = session.sessionState().newHadoopConf();
    Path file = LiteralPath.child(version.path(), JSON_FILE);
    try (InputStream in = file.getFileSystem(configuration).open(file)) {
      return Optional.of(of(JSON.readTree(in), path, configuration));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw SavedModelErrors.unreadablePart(path, JSON_FILE, e);
    }
  }

  private static FollowedTable of(JsonNode object, String path, Configuration configuration) {
    int format = object.path("formatVersion").asInt();
    if (format > VERSION) {
      throw SavedModelErrors.newerFormat(path, format, VERSION);
    }
    OptionalLong checksum = OptionalLong.of(object.path("checksum").asLong());
    return new FollowedTable(
        object.path("format").asText(),
        object.path("id").asText(),
        object.path("version").asText(),
        object.path("reads").asText(),
        SavedTable.reading(path, FILES, () -> files(path, checksum, configuration)));
  }

  private static Map<TableFile, Long> files(
      String path, OptionalLong checksum, Configuration configuration) throws IOException {
    DriverTable saved = DriverTable.open(path, FILES, configuration);
    StructType found = saved.schema();
    SavedTable.requireColumns(found, path, FILES, SCHEMA);
    SavedTable.requireChecksums(found, path, FILES, checksum);
    int[] columns = Arrays.stream(SCHEMA.fieldNames()).mapToInt(found::fieldIndex).toArray();
    int last = found.size() - 1;
    long sum = 0;
    Map<TableFile, Long> files = new HashMap<>();
    try (DriverTable.Rows rows = saved.rows(found)) {
      Iterator<InternalRow> checked = CheckedRows.checked(rows, found, path, FILES, SCHEMA);
      while (checked.hasNext()) {
        InternalRow row = checked.next();
        String file = row.getUTF8String(columns[0]).toString();
        String state = row.getUTF8String(columns[1]).toString();
        files.put(new TableFile(file, state), row.getLong(columns[2]));
        sum += row.getLong(last);
      }
    }
    SavedTable.requireSum(path, FILES, checksum, sum);
    return files;
  }

  /** Writes it beside the model at {@code path}. */
  public void write(String path, SparkSession session) throws IOException {
    List<Row> rows = new ArrayList<>();
    files.forEach((file, model) -> rows.add(RowFactory.create(file.path(), file.state(), model)));
    long checksum =
        SavedTable.write(
            session.createDataFrame(rows, SCHEMA).coalesce(1), LiteralPath.child(path, FILES));
    Path file = LiteralPath.child(LiteralPath.of(path), JSON_FILE);
    FileSystem system = file.getFileSystem(session.sessionState().newHadoopConf());
    byte[] content =
        JSON.writerWithDefaultPrettyPrinter()
            .writeValueAsString(
                JSON.createObjectNode()
                    .put("formatVersion", VERSION)
                    .put("format", format)
                    .put("id", id)
                    .put("version", snapshot)
                    .put("reads", reads)
                    .put("checksum", checksum))
            .getBytes(UTF_8);
    try (OutputStream out = system.create(file, false)) {
      out.write(content);
    }
  }

  /** Returns the reason for which its sums are of no use for {@code now}, if there is one. */
  public Optional<String> differsFrom(TableSnapshot now, String nowReads) {
    if (!format.equals(now.format()) || !id.equals(now.id())) {
      return Optional.of("it is of another table, " + format + " " + id);
    }
    return reads.equals(nowReads)
        ? Optional.empty()
        : Optional.of("it was fitted on " + reads + ", which is now " + nowReads);
  }
}
