package batchnorm.spark.model;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.compat.ConnectOffload;
import batchnorm.spark.errors.OwnErrors;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.fit.ParquetFooter;
import batchnorm.spark.moments.Statistics;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.IntToDoubleFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/**
 * Table of a saved model. It is stored as Parquet, written and read by tasks. Spark Connect may
 * offload a model to the driver's local disk, which tasks on other machines cannot read: then the
 * driver writes the rows as {@code UnsafeRow}s, readable only by the same process.
 *
 * <pre>
 * FOLDER/rows   the schema as JSON, then for each row its number of bytes and the bytes; then -1
 * </pre>
 */
final class SavedTable {
  private static final String ROWS = "rows";
  private static final int END = -1;

  /** Maximum bytes of local rows per task; a task receives its rows with its code. */
  private static final long BYTES_A_TASK = 16 << 20;

  /** Settings for reading; with adaptive execution, a count would run two jobs. */
  private static final Map<String, String> READING =
      Map.of(
          "spark.sql.adaptive.enabled", "false",
          "spark.sql.caseSensitive", "true",
          "spark.sql.files.ignoreCorruptFiles", "false",
          "spark.sql.files.ignoreMissingFiles", "false",
          "spark.sql.parquet.mergeSchema", "false");

  private SavedTable() {}

  /** Returns whether there is a file or folder at {@code path}. */
  static boolean exists(String path, Configuration configuration) {
    if (ConnectOffload.isActive()) {
      return Files.exists(Path.of(path));
    }
    org.apache.hadoop.fs.Path asked = LiteralPath.of(path);
    try {
      return asked.getFileSystem(configuration).exists(asked);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes {@code table} with checksums to {@code folder}, which must not exist.
   *
   * @return the checksum of the table
   */
  static long write(Dataset<Row> table, String folder) {
    LongAccumulator checksum = table.sparkSession().sparkContext().longAccumulator();
    Dataset<Row> checked = CheckedRows.of(table, checksum);
    if (ConnectOffload.isActive()) {
      writeRows(checked, Path.of(folder));
    } else {
      checked.write().parquet(folder);
    }
    return checksum.sum();
  }

  /**
   * Reads the rows below {@code path}; they are not checked yet. Whatever the session's settings,
   * columns may differ only in case, and unreadable files are errors.
   *
   * @param part the folder
   */
  static Dataset<Row> read(String path, String part, SparkSession session) {
    String folder = LiteralPath.child(path, part);
    requireFolder(path, part, session.sessionState().newHadoopConf());
    return reading(
        path,
        part,
        () -> ConnectOffload.isActive() ? readRows(folder, session) : parquet(folder, session));
  }

  /** Requires that there is a folder {@code part} below {@code path}. */
  static void requireFolder(String path, String part, Configuration configuration) {
    if (!exists(LiteralPath.child(path, part), configuration)) {
      throw SavedModelErrors.notAModel(path, "it has no folder '" + part + "'");
    }
  }

  /**
   * Returns the result of {@code read}; all its errors name the path and the part.
   *
   * @param path the path of the model
   * @param part the folder of the table
   */
  static <T> T reading(String path, String part, Callable<T> read) {
    try {
      return read.call();
    } catch (Exception e) {
      throw OwnErrors.innermost(e).orElseGet(() -> SavedModelErrors.unreadablePart(path, part, e));
    }
  }

  /**
   * Requires columns with these names and types; there may be others.
   *
   * @param path the path of the model; for errors
   * @param part the folder of the table; for errors
   */
  static void requireColumns(StructType saved, String path, String part, StructType expected) {
    for (StructField field : expected.fields()) {
      String type = field.dataType().catalogString();
      boolean found =
          Arrays.stream(saved.fields())
              .anyMatch(
                  column ->
                      column.name().equals(field.name())
                          && column.dataType().catalogString().equals(type));
      if (!found) {
        throw SavedModelErrors.notAModel(
            path, "its " + part + have(part) + " no column '" + field.name() + "' of type " + type);
      }
    }
  }

  /**
   * Requires that rows have checksums if and only if {@code checksum} is known.
   *
   * @param checksum the checksum of all rows
   */
  static void requireChecksums(StructType saved, String path, String part, OptionalLong checksum) {
    if (checksum.isPresent() && !CheckedRows.areIn(saved)) {
      throw SavedModelErrors.notAModel(path, "its " + part + have(part) + " no column 'checksum'");
    }
    if (checksum.isEmpty() && CheckedRows.areIn(saved)) {
      throw SavedModelErrors.notAModel(path, "its metadata has no checksum of its " + part);
    }
  }

  static String have(String part) {
    return part.endsWith("s") ? " have" : " has";
  }

  /**
   * Requires that the rows are the saved ones: none is missing, none is added, none is of another
   * model.
   */
  static void requireSum(String path, String part, OptionalLong checksum, long found) {
    if (checksum.isPresent() && checksum.getAsLong() != found) {
      throw SavedModelErrors.notAModel(
          path, "its " + part + have(part) + " other rows than were saved");
    }
  }

  /**
   * Requires that mean and variance agree with those of the sums, which are more precise.
   *
   * @param statistics the statistics of the sums
   */
  static void requireStatistics(
      String path,
      String part,
      Statistics statistics,
      IntToDoubleFunction mean,
      IntToDoubleFunction variance) {
    for (int j = 0; j < statistics.size(); j++) {
      if (Double.compare(statistics.mean(j), mean.applyAsDouble(j)) != 0
          || Double.compare(statistics.variance(j, 0), variance.applyAsDouble(j)) != 0) {
        throw SavedModelErrors.notAModel(
            path,
            "mean and variance of feature " + j + " in its " + part + " are not those of its sums");
      }
    }
  }

  /** Requires that a minimum, a mean and a maximum are finite and in this order. */
  static void requireExtremes(
      String path, String part, int feature, double min, double mean, double max) {
    boolean isPossible = Double.isFinite(min) && Double.isFinite(max) && min <= mean && mean <= max;
    if (!isPossible) {
      throw SavedModelErrors.notAModel(
          path,
          "minimum and maximum of feature "
              + feature
              + " in its "
              + part
              + " are not those of its values");
    }
  }

  private static Dataset<Row> parquet(String folder, SparkSession session) throws IOException {
    SparkSession reading = ClassicSpark.copyOf(session);
    READING.forEach(reading.conf()::set);
    DataFrameReader reader = reading.read().options(LiteralPath.READER_OPTIONS);
    Configuration configuration = reading.sessionState().newHadoopConf();
    List<FileStatus> files = ParquetFooter.files(LiteralPath.of(folder), configuration);
    if (!files.isEmpty()) {
      reader.schema(ParquetFooter.schema(files.get(0), configuration));
    }
    return reader.parquet(folder);
  }

  private static void writeRows(Dataset<Row> table, Path folder) {
    StructType schema = table.schema();
    Iterator<byte[]> rows =
        ClassicSpark.query(table)
            .toRdd()
            .toJavaRDD()
            .mapPartitions(part -> bytes(part, schema))
            .toLocalIterator();
    try {
      Files.createDirectories(folder);
      try (DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(Files.newOutputStream(folder.resolve(ROWS))))) {
        write(schema.json().getBytes(StandardCharsets.UTF_8), out);
        while (rows.hasNext()) {
          write(rows.next(), out);
        }
        out.writeInt(END);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Iterator<byte[]> bytes(Iterator<InternalRow> rows, StructType schema) {
    UnsafeProjection projection = UnsafeProjection.create(schema);
    return CheckedRows.mapped(rows, row -> projection.apply(row).getBytes());
  }

  /** Rows that were read, and their approximate size in bytes. */
  record Stored(StructType schema, List<InternalRow> rows, long bytes) {}

  /** Reads a table that was offloaded to the driver's local disk. */
  static Stored stored(String folder) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(Path.of(folder).resolve(ROWS))))) {
      String json = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
      StructType schema = (StructType) DataType.fromJson(json);
      List<InternalRow> rows = new ArrayList<>();
      long bytes = 0;
      for (int length = in.readInt(); length != END; length = in.readInt()) {
        UnsafeRow row = new UnsafeRow(schema.size());
        row.pointTo(in.readNBytes(length), length);
        rows.add(row);
        bytes += length;
      }
      return new Stored(schema, rows, bytes);
    }
  }

  private static Dataset<Row> readRows(String folder, SparkSession session) throws IOException {
    Stored stored = stored(folder);
    int tasks = (int) (stored.bytes / BYTES_A_TASK) + 1;
    return ClassicSpark.dataset(
        session,
        JavaSparkContext.fromSparkContext(session.sparkContext()).parallelize(stored.rows, tasks),
        stored.schema);
  }

  private static void write(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
