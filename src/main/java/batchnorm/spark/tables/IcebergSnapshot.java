package batchnorm.spark.tables;

import static org.apache.spark.sql.functions.col;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;

/**
 * Snapshot of an Iceberg table. The files with the deleted rows of a data file are a part of its
 * state. Some files are read as Iceberg's own actions read those that they rewrite.
 */
final class IcebergSnapshot implements TableSnapshot {
  private static final String SPARK = "org.apache.iceberg.spark.";
  private static final String TABLE = SPARK + "source.SparkTable";

  private final Reflection iceberg;
  private final SparkSession session;
  private final Object table;
  private final Object snapshot;

  /** The scans of the files. */
  private final Map<TableFile, Object> scans = new HashMap<>();

  private IcebergSnapshot(Object sparkTable, Dataset<Row> rows) {
    iceberg = new Reflection("iceberg", sparkTable);
    session = rows.sparkSession();
    table = iceberg.call(sparkTable, "table");
    snapshot = snapshot(sparkTable);
    if (snapshot != null) {
      Iterable<?> planned = (Iterable<?>) iceberg.call(scan(), "planFiles");
      try {
        planned.forEach(scan -> scans.put(file(scan), scan));
      } finally {
        iceberg.call(planned, "close");
      }
    }
  }

  /** Returns the snapshot that is read; null before the first rows. */
  private Object snapshot(Object sparkTable) {
    Object id = iceberg.call(sparkTable, "snapshotId");
    Object branch = id == null ? iceberg.call(sparkTable, "branch") : id;
    return branch == null
        ? iceberg.call(table, "currentSnapshot")
        : iceberg.call(table, "snapshot", branch);
  }

  private Object scan() {
    Object scan = iceberg.call(table, "newScan");
    return iceberg.call(scan, "useSnapshot", iceberg.call(snapshot, "snapshotId"));
  }

  private TableFile file(Object scan) {
    Iterable<?> deletes = (Iterable<?>) iceberg.call(scan, "deletes");
    String state =
        StreamSupport.stream(deletes.spliterator(), false)
            .map(file -> path(file) + " " + iceberg.call(file, "contentOffset"))
            .sorted()
            .collect(Collectors.joining("\n"));
    return new TableFile(path(iceberg.call(scan, "file")), state);
  }

  private String path(Object file) {
    return iceberg.call(file, "path").toString();
  }

  static Optional<TableSnapshot> of(Dataset<Row> rows, DataSourceV2Relation relation) {
    // Options choose another snapshot, or some of the changes between two.
    boolean isWhole = Set.of("path").containsAll(relation.options().keySet());
    return isWhole && relation.table().getClass().getName().equals(TABLE)
        ? Optional.of(new IcebergSnapshot(relation.table(), rows))
        : Optional.empty();
  }

  @Override
  public String format() {
    return "iceberg";
  }

  @Override
  public String id() {
    return iceberg.call(table, "uuid").toString();
  }

  @Override
  public String version() {
    return snapshot == null ? "" : iceberg.call(snapshot, "snapshotId").toString();
  }

  /** The ids of columns. */
  @Override
  public Optional<String> identity(List<String> path) {
    Object schema = iceberg.call(table, "schema");
    Object field = iceberg.call(schema, "findField", String.join(".", path));
    return Optional.of("field " + iceberg.call(field, "fieldId"));
  }

  @Override
  public Path folder() {
    return new Path((String) iceberg.call(table, "location"));
  }

  @Override
  public Set<TableFile> files() {
    return scans.keySet();
  }

  @Override
  public <T> T with(Set<TableFile> files, Use<T> use) {
    String name = UUID.randomUUID().toString();
    Object cache = iceberg.callStatic(SPARK + "SparkTableCache", "get");
    Object tasks = iceberg.callStatic(SPARK + "ScanTaskSetManager", "get");
    List<Object> some = files.stream().map(scans::get).toList();
    iceberg.call(cache, "add", name, table);
    try {
      iceberg.call(tasks, "stageTasks", table, name, some);
      Dataset<Row> rows =
          session.read().format("iceberg").option("scan-task-set-id", name).load(name);
      return use.of(rows.withColumn(FILE, col("_file")));
    } finally {
      iceberg.call(tasks, "removeTasks", table, name);
      iceberg.call(cache, "remove", name);
    }
  }
}
