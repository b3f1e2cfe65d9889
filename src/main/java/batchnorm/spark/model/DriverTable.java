package batchnorm.spark.model;

import batchnorm.spark.compat.ConnectOffload;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.fit.ParquetFooter;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetReadSupport;
import org.apache.spark.sql.types.StructType;

/**
 * Table of a saved model read by this process, without a job or session. Parquet rows are converted
 * by Spark's converters, as in its row reader.
 */
final class DriverTable {
  /** Settings of the converters, which override those of the session. */
  private static final Map<String, String> READING =
      Map.of(
          "spark.sql.caseSensitive", "true",
          "spark.sql.legacy.parquet.nanosAsLong", "false",
          "spark.sql.optimizer.nestedSchemaPruning.enabled", "false",
          "spark.sql.parquet.binaryAsString", "false",
          "spark.sql.parquet.fieldId.read.enabled", "false",
          "spark.sql.parquet.inferTimestampNTZ.enabled", "true",
          "spark.sql.parquet.int96AsTimestamp", "true");

  private final StructType schema;
  private final List<? extends InternalRow> stored;
  private final List<FileStatus> files;
  private final Configuration configuration;

  private DriverTable(
      StructType schema,
      List<? extends InternalRow> stored,
      List<FileStatus> files,
      Configuration configuration) {
    this.schema = schema;
    this.stored = stored;
    this.files = files;
    this.configuration = configuration;
  }

  /**
   * Opens the table below {@code path}; rows are not checked yet.
   *
   * @param part the folder
   */
  static DriverTable open(String path, String part, Configuration configuration) {
    String folder = LiteralPath.child(path, part);
    SavedTable.requireFolder(path, part, configuration);
    return SavedTable.reading(
        path,
        part,
        () -> {
          if (ConnectOffload.isActive()) {
            SavedTable.Stored rows = SavedTable.stored(folder);
            return new DriverTable(rows.schema(), rows.rows(), List.of(), configuration);
          }
          return parquet(path, part, LiteralPath.of(folder), configuration);
        });
  }

  private static DriverTable parquet(
      String path, String part, Path folder, Configuration configuration) throws IOException {
    List<FileStatus> files = ParquetFooter.files(folder, configuration);
    if (files.isEmpty()) {
      throw SavedModelErrors.notAModel(path, "its folder '" + part + "' has no files");
    }
    StructType schema = ParquetFooter.schema(files.get(0), configuration);
    return new DriverTable(schema, List.of(), files, configuration);
  }

  StructType schema() {
    return schema;
  }

  /**
   * Returns the rows; the next row overwrites the previous one.
   *
   * @param columns the columns to read from Parquet
   */
  Rows rows(StructType columns) {
    Configuration reading = new Configuration(configuration);
    READING.forEach(reading::set);
    reading.set(ParquetReadSupport.SPARK_ROW_REQUESTED_SCHEMA(), columns.json());
    return new Rows(stored.iterator(), files.iterator(), reading);
  }

  /** Rows of all files; one file is open at a time. */
  static final class Rows implements Iterator<InternalRow>, Closeable {
    private final Iterator<? extends InternalRow> stored;
    private final Iterator<FileStatus> files;
    private final Configuration configuration;
    private ParquetReader<InternalRow> file;
    private InternalRow next;

    private Rows(
        Iterator<? extends InternalRow> stored,
        Iterator<FileStatus> files,
        Configuration configuration) {
      this.stored = stored;
      this.files = files;
      this.configuration = configuration;
    }

    @Override
    public boolean hasNext() {
      if (next == null) {
        try {
          next = stored.hasNext() ? stored.next() : read();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return next != null;
    }

    private InternalRow read() throws IOException {
      InternalRow row = file == null ? null : file.read();
      while (row == null && files.hasNext()) {
        close();
        file = new Reader(HadoopInputFile.fromStatus(files.next(), configuration)).build();
        row = file.read();
      }
      return row;
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      InternalRow row = next;
      next = null;
      return row;
    }

    @Override
    public void close() throws IOException {
      if (file != null) {
        file.close();
      }
    }
  }

  /** Reads a file with its own configuration. */
  private static final class Reader extends ParquetReader.Builder<InternalRow> {
    Reader(InputFile file) {
      super(file);
    }

    @Override
    protected ReadSupport<InternalRow> getReadSupport() {
      return new ParquetReadSupport();
    }
  }
}
