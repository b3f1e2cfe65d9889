package batchnorm.spark.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/**
 * Writes a dataset so that a failure leaves nothing that loads. Folders of files are staged. Where
 * rows are added to a folder, or the source keeps its own tables, Spark's committer sees to it.
 */
final class DataTarget implements AutoCloseable {
  private final String path;
  private final Mode mode;
  private final FileFormat format;
  private final Map<String, String> options;
  private final Optional<StagedFolder> staged;

  DataTarget(Storage storage, OutputOptions output, FileFormat format) throws IOException {
    path = output.path();
    mode = output.mode();
    this.format = format;
    options = output.options(format);
    staged =
        format.isFolder() && mode != Mode.APPEND
            ? Optional.of(new StagedFolder(storage, path))
            : Optional.empty();
  }

  /** Writes {@code rows}; they are in place after {@link #commit()}. */
  void write(Dataset<Row> rows) {
    SaveMode saveMode =
        switch (mode) {
          case ERROR -> SaveMode.ErrorIfExists;
          case OVERWRITE -> SaveMode.Overwrite;
          case APPEND -> SaveMode.Append;
        };
    DataFrameWriter<Row> writer =
        rows.write().options(options).mode(staged.isPresent() ? SaveMode.Append : saveMode);
    if (format.isCatalogTable()) {
      writer.saveAsTable(path);
    } else if (format.isJdbc()) {
      writer.format(format.source()).save();
    } else {
      writer.format(format.source()).save(staged.map(StagedFolder::path).orElse(path));
    }
  }

  void commit() throws IOException {
    if (staged.isPresent()) {
      staged.get().commit();
    }
  }

  @Override
  public void close() throws IOException {
    if (staged.isPresent()) {
      staged.get().close();
    }
  }
}
