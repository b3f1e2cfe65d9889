package batchnorm.spark.tables;

import static org.apache.spark.sql.functions.col;

import batchnorm.spark.compat.ScalaSeq;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.Seq;

/**
 * Version of a Delta table. A file is added and removed as a whole; a deletion vector, which is a
 * part of a file's state, tells which of its rows are deleted.
 */
final class DeltaSnapshot implements TableSnapshot {
  private static final String INDEX = "org.apache.spark.sql.delta.files.TahoeLogFileIndex";

  /** Key of the metadata of a column with its name in files. */
  private static final String PHYSICAL = "delta.columnMapping.physicalName";

  private final Reflection delta;
  private final Object log;
  private final Object snapshot;

  /** The actions that added the files. */
  private final Map<TableFile, Object> added = new HashMap<>();

  private DeltaSnapshot(Object index) {
    delta = new Reflection("delta", index);
    log = delta.call(index, "deltaLog");
    snapshot = delta.call(index, "getSnapshot");
    Seq<?> all = (Seq<?>) delta.call(index, "matchingFiles", ScalaSeq.of(), ScalaSeq.of());
    for (Object file : ScalaSeq.list(all)) {
      Object vector = delta.call(file, "deletionVector");
      String state = vector == null ? "" : (String) delta.call(vector, "uniqueId");
      Path path = (Path) delta.call(file, "absolutePath", log);
      added.put(TableFile.of(path, state), file);
    }
  }

  static Optional<TableSnapshot> of(HadoopFsRelation relation) {
    return relation.location().getClass().getName().equals(INDEX)
        ? Optional.of(new DeltaSnapshot(relation.location()))
        : Optional.empty();
  }

  @Override
  public String format() {
    return "delta";
  }

  @Override
  public String id() {
    return (String) delta.call(log, "tableId");
  }

  @Override
  public String version() {
    return delta.call(snapshot, "version").toString();
  }

  /** The names of columns in files, which differ from theirs if columns were renamed or added. */
  @Override
  public Optional<String> identity(List<String> path) {
    List<String> physical = new ArrayList<>();
    DataType within = (StructType) delta.call(snapshot, "schema");
    for (String name : path) {
      StructType struct = (StructType) within;
      StructField field = struct.fields()[struct.fieldIndex(name)];
      Metadata metadata = field.metadata();
      physical.add(metadata.contains(PHYSICAL) ? metadata.getString(PHYSICAL) : name);
      within = field.dataType();
    }
    return physical.equals(path) ? Optional.empty() : Optional.of(String.join(".", physical));
  }

  @Override
  public Path folder() {
    return (Path) delta.call(log, "dataPath");
  }

  @Override
  public Set<TableFile> files() {
    return added.keySet();
  }

  @Override
  public <T> T with(Set<TableFile> files, Use<T> use) {
    List<Object> actions = files.stream().map(added::get).filter(Objects::nonNull).toList();
    Dataset<?> rows =
        (Dataset<?>)
            delta.call(
                log, "createDataFrame", snapshot, ScalaSeq.of(actions), false, Option.empty());
    return use.of(rows.toDF().withColumn(FILE, col("_metadata.file_path")));
  }
}
