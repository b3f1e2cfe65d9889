package batchnorm.spark.tables;

import static org.apache.spark.sql.functions.col;

import batchnorm.spark.compat.ScalaSeq;
import batchnorm.spark.files.LiteralPath;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.PartitioningAwareFileIndex;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;

/** Folder of Parquet files, each of which is known by its path, size and time of modification. */
final class ParquetSnapshot implements TableSnapshot {
  private final Dataset<Row> table;
  private final Map<String, String> options;
  private final Path folder;
  private final Map<TableFile, Path> files = new HashMap<>();

  private ParquetSnapshot(
      Dataset<Row> table, HadoopFsRelation relation, PartitioningAwareFileIndex index) {
    this.table = table;
    options = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    ScalaSeq.list(relation.options().toSeq()).forEach(one -> options.put(one._1, one._2));
    options.remove("path");
    folder = index.rootPaths().head();
    for (FileStatus file : ScalaSeq.list(index.allFiles())) {
      String state = file.getLen() + " " + file.getModificationTime();
      files.put(TableFile.of(file.getPath(), state), file.getPath());
    }
  }

  static Optional<TableSnapshot> of(Dataset<Row> table, HadoopFsRelation relation) {
    return relation.fileFormat() instanceof ParquetFileFormat
            && relation.location() instanceof PartitioningAwareFileIndex index
            && index.rootPaths().size() == 1
        ? Optional.of(new ParquetSnapshot(table, relation, index))
        : Optional.empty();
  }

  @Override
  public String format() {
    return "parquet";
  }

  @Override
  public String id() {
    return folder.toString();
  }

  @Override
  public String version() {
    return "";
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public Set<TableFile> files() {
    return files.keySet();
  }

  @Override
  public <T> T with(Set<TableFile> some, Use<T> use) {
    Dataset<Row> rows = table;
    if (!some.equals(files.keySet())) {
      LiteralPath.ForReader literal =
          LiteralPath.ForReader.of(some.stream().map(files::get).map(Path::toString).toList());
      rows =
          table
              .sparkSession()
              .read()
              .schema(table.schema())
              .options(options)
              .options(literal.options())
              // For the values of partition columns.
              .option("basePath", folder.toString())
              .parquet(literal.paths().toArray(String[]::new));
    }
    return use.of(rows.withColumn(FILE, col("_metadata.file_path")));
  }
}
