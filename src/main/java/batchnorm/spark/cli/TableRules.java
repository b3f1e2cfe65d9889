package batchnorm.spark.cli;

import batchnorm.spark.errors.Errors;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What must hold of data that is read and written, where tables are among it. */
record TableRules(InputOptions input, FileFormat source, OutputOptions output) {

  /** Adds the data's files and folders to {@code rules}. */
  PathRules addTo(PathRules rules, Storage storage) throws IOException {
    rules.reads(input.files(source));
    FileFormat target = output.format(source);
    if (!target.isPath(output.path())) {
      return rules;
    }
    if (target.readsSnapshots() && target.isSameAs(source)) {
      return rules.replaces(output.path(), output.mode());
    }
    if (output.mode() == Mode.APPEND) {
      Optional<String> table = storage.tableFormat(output.path());
      if (table.isPresent() && !target.isSameAs(FileFormat.of(table.get()))) {
        throw Errors.tableOfAnotherFormat(output.path(), table.get(), target.source());
      }
    }
    return rules.writes(output.path(), output.mode());
  }

  /**
   * Requires that a table which is written does not exist or may be replaced, that {@code data} is
   * not read from a table that Spark empties before it reads, and that a folder which is written
   * does not hold such a table.
   */
  void check(Dataset<Row> data, FileFormat target, Storage storage) throws IOException {
    if (target.isPath(output.path()) && !source.isJdbc()) {
      new PathRules(storage)
          .reads(locations(data.sparkSession()))
          .writes(output.path(), output.mode())
          .check();
    }
    if (target.isJdbc()) {
      if (source.isJdbc() && JdbcOptions.overlap(input.jdbc(), output.options(target))) {
        throw Errors.outputOverInput(
            output.path(), JdbcOptions.table(input.jdbc()).orElse("the table of the query"));
      }
    } else if (!target.isPath(output.path())
        && data.sparkSession().catalog().tableExists(output.path())) {
      if (output.mode() == Mode.ERROR) {
        throw Errors.outputExists(output.path());
      }
      if (output.mode() == Mode.OVERWRITE && target.isCatalogTable() && isRead(data)) {
        throw Errors.outputOverInput(
            output.path(), input.tables(source).stream().findFirst().orElse("its files"));
      }
    }
  }

  /** Where the tables of catalogs that are read have their files. */
  private List<String> locations(SparkSession session) {
    return input.tables(source).stream()
        .filter(table -> session.catalog().tableExists(table))
        .flatMap(
            table ->
                session
                    .sql("DESCRIBE TABLE EXTENDED " + table)
                    .filter("col_name = 'Location'")
                    .collectAsList()
                    .stream())
        .map(row -> row.getString(1))
        .toList();
  }

  private boolean isRead(Dataset<Row> data) {
    SparkSession session = data.sparkSession();
    Set<String> files = new HashSet<>(Arrays.asList(data.inputFiles()));
    return input.tables(source).stream().anyMatch(output.path()::equalsIgnoreCase)
        || !Collections.disjoint(files, Set.of(session.table(output.path()).inputFiles()));
  }
}
