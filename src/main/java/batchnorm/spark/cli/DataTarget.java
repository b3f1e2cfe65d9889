package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.model.DatabaseTable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * Writes a dataset so that a failure leaves nothing that loads. Folders of files are staged. Where
 * rows are added to a folder, or the source keeps its own tables, Spark's committer sees to it.
 * Databases are the exception: each task of Spark adds its rows in a transaction of its own.
 */
final class DataTarget implements AutoCloseable {
  private final String path;
  private final Mode mode;
  private final FileFormat format;
  private final Map<String, String> options;
  private final Optional<StagedOutput> staged;
  private final Outcome outcome;

  DataTarget(Storage storage, OutputOptions output, FileFormat format) throws IOException {
    outcome = storage.outcome();
    path = output.path();
    mode = output.mode();
    this.format = format;
    options = output.options(format);
    staged =
        format.isFolder() && mode != Mode.APPEND
            ? Optional.of(StagedOutput.folder(storage, path))
            : Optional.empty();
  }

  /** Writes {@code rows}; they are in place after {@link #commit()}. */
  void write(Dataset<Row> rows) throws IOException {
    if (staged.isPresent()) {
      save(rows);
    } else {
      outcome.begin(path);
      save(rows);
      outcome.complete();
    }
  }

  private void save(Dataset<Row> rows) throws IOException {
    Optional<CatalogTable> table =
        format.isInCatalog(path) ? CatalogTable.find(rows.sparkSession(), path) : Optional.empty();
    if (table.isPresent()) {
      write(rows, table.get());
      return;
    }
    DataFrameWriter<Row> writer = rows.write().options(options).mode(saveMode());
    if (format.isInCatalog(path)) {
      if (format.isIceberg()) {
        writer.format(format.source());
      }
      writer.saveAsTable(path);
    } else if (format.isJdbc()) {
      writeToDatabase(rows, writer.format(format.source()));
    } else {
      writer.format(format.source()).save(staged.map(StagedOutput::path).orElse(path));
    }
  }

  /**
   * Keeps the definition of a table whose rows are replaced, unless the user lets Spark drop it.
   */
  private void writeToDatabase(Dataset<Row> rows, DataFrameWriter<Row> writer) throws IOException {
    DatabaseTable table = new DatabaseTable(options);
    try {
      if (mode != Mode.ERROR && !isDropped() && table.exists()) {
        requireColumns(table, rows.columns());
        if (mode == Mode.OVERWRITE && table.isTruncatedBySpark()) {
          writer.option(JdbcOptions.TRUNCATE, true);
        } else if (mode == Mode.OVERWRITE) {
          table.deleteRows();
          writer.mode(SaveMode.Append);
        }
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
    try {
      writer.save();
    } catch (Exception e) {
      // Spark's exceptions are checked ones that its methods do not declare.
      throw OutputErrors.databaseFailed(path, FailureReport.message(e), e);
    }
  }

  private boolean isDropped() {
    return mode == Mode.OVERWRITE && "false".equalsIgnoreCase(options.get(JdbcOptions.TRUNCATE));
  }

  /** Looked at before rows are deleted, as Spark finds a missing column only afterwards. */
  private void requireColumns(DatabaseTable table, String[] found) throws SQLException {
    Optional<String[]> expected = table.columns();
    if (expected.isPresent() && !containsAll(expected.get(), found)) {
      throw OutputErrors.columnsOfTable(path, expected.get(), found);
    }
  }

  /**
   * Returns the rows that {@link #write} has written, if they can be read before {@link #commit()}.
   *
   * @param schema the schema of the rows
   */
  Optional<Dataset<Row>> written(SparkSession session, StructType schema) {
    return format.readsWhatItWrites(schema)
        ? staged.map(
            folder ->
                session
                    .read()
                    .format(format.source())
                    .options(options)
                    .options(LiteralPath.READER_OPTIONS)
                    .schema(schema)
                    .load(folder.path()))
        : Optional.empty();
  }

  /** Returns whether the rows are in place before {@link #commit()}. */
  boolean writesDirectly() {
    return staged.isEmpty();
  }

  private SaveMode saveMode() {
    if (staged.isPresent()) {
      return SaveMode.Append;
    }
    // There was none a moment ago, and what somebody else makes now is not replaced.
    if (format.isInCatalog(path)) {
      return SaveMode.ErrorIfExists;
    }
    return switch (mode) {
      case ERROR -> SaveMode.ErrorIfExists;
      case OVERWRITE -> SaveMode.Overwrite;
      case APPEND -> SaveMode.Append;
    };
  }

  /** Keeps what the table is: its format, its columns, its partitions. */
  private void write(Dataset<Row> rows, CatalogTable table) throws IOException {
    DataFrameWriterV2<Row> writer = rows.writeTo(path).options(options);
    try {
      if (mode == Mode.ERROR) {
        throw OutputErrors.madeMeanwhile(path);
      } else if (mode == Mode.OVERWRITE) {
        writer.overwrite(functions.lit(true));
      } else if (table.hasSnapshots() || table.provider().isEmpty()) {
        writer.append();
      } else {
        inOrderOf(rows.sparkSession().table(path).columns(), rows)
            .write()
            .options(options)
            .insertInto(path);
      }
    } catch (NoSuchTableException e) {
      throw new IOException(e);
    }
  }

  /** Spark inserts by position. */
  private Dataset<Row> inOrderOf(String[] names, Dataset<Row> rows) {
    if (!containsAll(names, rows.columns()) || !containsAll(rows.columns(), names)) {
      throw OutputErrors.columnsOfTable(path, names, rows.columns());
    }
    return rows.select(
        Arrays.stream(names)
            .map(name -> functions.col("`" + name.replace("`", "``") + "`"))
            .toArray(Column[]::new));
  }

  private static boolean containsAll(String[] names, String[] others) {
    Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    known.addAll(Arrays.asList(names));
    return known.containsAll(Arrays.asList(others));
  }

  void commit() throws IOException {
    if (staged.isPresent()) {
      staged.get().commit(mode);
    }
  }

  @Override
  public void close() throws IOException {
    if (staged.isPresent()) {
      staged.get().close();
    }
  }
}
