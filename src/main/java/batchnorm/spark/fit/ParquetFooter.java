package batchnorm.spark.fit;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The schema that Spark keeps in the footer of a Parquet file. It is read here: Spark would have a
 * task send it, for which {@code spark.kryo.registrationRequired} has no registered class.
 */
public final class ParquetFooter {
  private static final String SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  private ParquetFooter() {}

  /**
   * Returns the schema of the first file in {@code folder}, as Spark takes it; none where no file
   * is there, or it is not of Spark.
   */
  public static Optional<StructType> schema(Path folder, Configuration configuration)
      throws IOException {
    Optional<FileStatus> first =
        Arrays.stream(folder.getFileSystem(configuration).listStatus(folder))
            .filter(file -> file.isFile() && isData(file.getPath().getName()))
            .min(Comparator.comparing(file -> file.getPath().toString()));
    return first.isEmpty() ? Optional.empty() : schema(first.get(), configuration);
  }

  private static boolean isData(String name) {
    return !name.startsWith("_") && !name.startsWith(".");
  }

  private static Optional<StructType> schema(FileStatus file, Configuration configuration)
      throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, configuration))) {
      return Optional.ofNullable(
              reader.getFooter().getFileMetaData().getKeyValueMetaData().get(SCHEMA))
          .map(json -> (StructType) DataType.fromJson(json));
    }
  }
}
