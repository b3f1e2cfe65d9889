package batchnorm.spark.tables;

import batchnorm.spark.errors.TableErrors;
import batchnorm.spark.files.LiteralPath;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;

/** Files that a table has at one time, each of whose rows can be read alone. */
public interface TableSnapshot {
  /** Name of the column with the path of a row's file. */
  String FILE = "_batchnorm_file";

  /** The format of the table. */
  String format();

  /** A text that no other table has. */
  String id();

  /** The version of the table. */
  String version();

  /**
   * Returns what tells a column from one that had its name before, of which files may have values
   * that the table no longer has.
   *
   * @param path the name of the column, then the names of nested fields
   * @return the identity; empty if the column is known by its name
   */
  default Optional<String> identity(List<String> path) {
    return Optional.empty();
  }

  /** The folder of the table. */
  Path folder();

  /** Requires that a path to write to is not in the table. */
  default void requireOutside(String path, Configuration configuration) throws IOException {
    Path place = LiteralPath.of(path);
    Path at = place.getFileSystem(configuration).makeQualified(place);
    for (; at != null; at = at.getParent()) {
      if (at.equals(folder().getFileSystem(configuration).makeQualified(folder()))) {
        throw TableErrors.modelInTable(path, at.toString());
      }
    }
  }

  /** The files with rows. */
  Set<TableFile> files();

  /** Use of rows. */
  interface Use<T> {
    T of(Dataset<Row> rows);
  }

  /**
   * Calls {@code use} with the rows of some of the files, which have the column {@link #FILE}, too.
   */
  <T> T with(Set<TableFile> files, Use<T> use);

  /**
   * Returns the snapshot that a dataset reads.
   *
   * @param table a dataset as a table is read, without filters, selections or joins
   * @param name the user's name of it, for errors
   */
  static TableSnapshot of(Dataset<Row> table, String name) {
    LogicalPlan plan = table.queryExecution().analyzed();
    while (plan instanceof SubqueryAlias alias) {
      plan = alias.child();
    }
    if (plan instanceof LogicalRelation logical
        && logical.relation() instanceof HadoopFsRelation files) {
      Optional<TableSnapshot> delta = DeltaSnapshot.of(files);
      return delta.or(() -> ParquetSnapshot.of(table, files)).orElseThrow(() -> refused(name));
    }
    if (plan instanceof DataSourceV2Relation relation) {
      return IcebergSnapshot.of(table, relation).orElseThrow(() -> refused(name));
    }
    throw refused(name);
  }

  private static RuntimeException refused(String name) {
    return TableErrors.notFollowed(name, List.of("delta", "iceberg", "parquet"));
  }
}
