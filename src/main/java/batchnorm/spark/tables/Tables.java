package batchnorm.spark.tables;

import batchnorm.spark.errors.TableErrors;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tables by name, or by the path of their folder. */
public final class Tables {
  private Tables() {}

  /** Returns the rows of the table {@code name}, or of that in the folder {@code name}. */
  public static Dataset<Row> read(SparkSession session, String name) throws IOException {
    if (name == null || name.isBlank()) {
      throw TableErrors.notFound(String.valueOf(name));
    }
    if (!name.contains("/") && session.catalog().tableExists(name)) {
      return session.table(name);
    }
    Path path = LiteralPath.of(name);
    FileSystem files = path.getFileSystem(session.sessionState().newHadoopConf());
    if (!files.exists(path)) {
      throw TableErrors.notFound(name);
    }
    String format = TableFolder.format(files, path).orElse("parquet");
    return format.equals("parquet")
        ? session
            .read()
            .options(LiteralPath.READER_OPTIONS)
            .parquet(files.makeQualified(path).toString())
        : session.read().format(format).load(name);
  }
}
