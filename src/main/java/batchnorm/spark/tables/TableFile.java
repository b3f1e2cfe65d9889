package batchnorm.spark.tables;

import org.apache.hadoop.fs.Path;

/**
 * File of a table. The rows that a table has of it never change while both are the same.
 *
 * @param path the path as rows tell it in the column {@link TableSnapshot#FILE}
 * @param state the state of its rows: which of them were deleted, or the size and the time of a
 *     file that may be replaced
 */
public record TableFile(String path, String state) {
  /** Returns a file of Spark's own formats, whose column {@code _metadata.file_path} is encoded. */
  static TableFile of(Path path, String state) {
    return new TableFile(new Path(path.toUri().toString()).toString(), state);
  }
}
