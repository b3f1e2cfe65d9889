package batchnorm.spark.fit;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * Footer of a Parquet file: the schema that Spark keeps there, and the number of features of
 * vectors and arrays. The driver reads it. In Spark a task would send it, which fails under {@code
 * spark.kryo.registrationRequired}.
 */
public final class ParquetFooter {
  private static final String SCHEMA = "org.apache.spark.sql.parquet.row.metadata";

  private ParquetFooter() {}

  /** Returns the files in {@code folder}, sorted by name, without those that Spark ignores. */
  public static List<FileStatus> files(Path folder, Configuration configuration)
      throws IOException {
    return Arrays.stream(folder.getFileSystem(configuration).listStatus(folder))
        .filter(file -> file.isFile() && isData(file.getPath().getName()))
        .sorted(Comparator.comparing(file -> file.getPath().toString()))
        .toList();
  }

  private static boolean isData(String name) {
    return !name.startsWith("_") && !name.startsWith(".");
  }

  /** Returns the schema of a file as Spark reads it: the one Spark stored in the footer, if any. */
  public static StructType schema(FileStatus file, Configuration configuration) throws IOException {
    FileMetaData found = footer(file, configuration).getFileMetaData();
    String kept = found.getKeyValueMetaData().get(SCHEMA);
    return kept != null
        ? (StructType) DataType.fromJson(kept)
        : new ParquetToSparkSchemaConverter(new SQLConf()).convert(found.getSchema());
  }

  /**
   * Returns the approximate number of features of a column's vectors or arrays: the maximum size of
   * sparse vectors if it is known, else the mean number of elements.
   */
  static long features(FileStatus file, String column, Configuration configuration)
      throws IOException {
    long features = 0;
    for (BlockMetaData rows : footer(file, configuration).getBlocks()) {
      for (ColumnChunkMetaData chunk : rows.getColumns()) {
        List<String> path = List.of(chunk.getPath().toArray());
        if (path.get(0).equals(column)) {
          features = Math.max(features, features(path, chunk, rows.getRowCount()));
        }
      }
    }
    return features;
  }

  private static long features(List<String> path, ColumnChunkMetaData chunk, long rows) {
    if (path.size() == 2 && path.get(1).equals("size")) {
      Statistics<?> sizes = chunk.getStatistics();
      return sizes instanceof IntStatistics ints && ints.hasNonNullValue() ? ints.getMax() : 0;
    }
    return path.size() > 2 ? chunk.getValueCount() / Math.max(1, rows) : 0;
  }

  private static ParquetMetadata footer(FileStatus file, Configuration configuration)
      throws IOException {
    // Without options, Parquet reads the XML files of Hadoop's defaults again for each file.
    ParquetReadOptions options = HadoopReadOptions.builder(configuration, file.getPath()).build();
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromStatus(file, configuration), options)) {
      return reader.getFooter();
    }
  }
}
