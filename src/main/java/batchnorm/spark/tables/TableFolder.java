package batchnorm.spark.tables;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Folder that may be a table, which is known without a Spark. */
public final class TableFolder {
  /** The names that catalogs give (00002-a uuid) and those of tables without one (v2). */
  private static final Pattern ICEBERG_METADATA =
      Pattern.compile("(\\d{5,}-[0-9a-f-]{36}|v\\d+)(\\.gz)?\\.metadata\\.json(\\.gz)?");

  private TableFolder() {}

  /** Returns the format of the table that a folder is, if its own files tell it. */
  public static Optional<String> format(FileSystem files, Path folder) throws IOException {
    if (files.exists(new Path(folder, "_delta_log"))) {
      return Optional.of("delta");
    }
    if (files.exists(new Path(folder, ".hoodie"))) {
      return Optional.of("hudi");
    }
    return hasIcebergMetadata(files, new Path(folder, "metadata"))
        ? Optional.of("iceberg")
        : Optional.empty();
  }

  private static boolean hasIcebergMetadata(FileSystem files, Path folder) throws IOException {
    if (!files.exists(folder)) {
      return false;
    }
    for (FileStatus file : files.listStatus(folder)) {
      if (ICEBERG_METADATA.matcher(file.getPath().getName()).matches()) {
        return true;
      }
    }
    return false;
  }
}
