package batchnorm.spark.internal;

import batchnorm.spark.files.LiteralPath;
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
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * A table of a saved model. It is Parquet, which tasks write and read, but where Spark Connect puts
 * a model aside on the driver's own disk, which tasks on other machines do not have: there it is a
 * file of rows as they are in memory, for the process that wrote it.
 *
 * <pre>
 * FOLDER/rows   the schema as JSON, then the rows: each the number of its bytes, and they; then -1
 * </pre>
 */
public final class SavedTable {
  private static final String ROWS = "rows";
  private static final int END = -1;

  /** A task is sent its rows. */
  private static final long BYTES_A_TASK = 16 << 20;

  private SavedTable() {}

  /** Whether there is something at {@code path}. */
  public static boolean exists(String path, SparkSession session) {
    if (LocalSaving.isOn()) {
      return Files.exists(Path.of(path));
    }
    org.apache.hadoop.fs.Path asked = LiteralPath.of(path);
    try {
      return asked.getFileSystem(session.sessionState().newHadoopConf()).exists(asked);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes {@code table} to {@code folder}, which must not exist. */
  public static void write(Dataset<Row> table, String folder) {
    if (LocalSaving.isOn()) {
      writeRows(table, Path.of(folder));
    } else {
      table.write().parquet(folder);
    }
  }

  /** Reads what was written to {@code folder}. */
  public static Dataset<Row> read(String folder, SparkSession session) {
    return LocalSaving.isOn()
        ? readRows(Path.of(folder), session)
        : session.read().options(LiteralPath.READER_OPTIONS).parquet(folder);
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
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public byte[] next() {
        return projection.apply(rows.next()).getBytes();
      }
    };
  }

  private static Dataset<Row> readRows(Path folder, SparkSession session) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(folder.resolve(ROWS))))) {
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
      int tasks = (int) (bytes / BYTES_A_TASK) + 1;
      return ClassicSpark.dataset(
          session,
          JavaSparkContext.fromSparkContext(session.sparkContext()).parallelize(rows, tasks),
          schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
