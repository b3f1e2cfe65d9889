package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.model.DatabaseTable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Rules for data that is read and written if any of it is a table. */
record TableRules(InputOptions input, FileFormat source, OutputOptions output) {

  /** Adds the data's files and folders to {@code rules}. */
  PathRules addTo(PathRules rules, Storage storage) throws IOException {
    rules.reads(input.files(source));
    FileFormat target = output.format(source);
    if (!target.isPath(output.path())) {
      return rules;
    }
    if (target.isIceberg()
        && !storage.tableFormat(output.path()).equals(Optional.of(target.source()))) {
      throw OutputErrors.newIcebergFolder(output.path());
    }
    if (target.readsSnapshots() && target.isSameAs(source)) {
      return rules.replaces(output.path(), output.mode());
    }
    if (output.mode() == Mode.APPEND) {
      Optional<String> table = storage.tableFormat(output.path());
      if (table.isPresent() && !target.isSameAs(FileFormat.of(table.get()))) {
        throw OutputErrors.tableOfAnotherFormat(output.path(), table.get(), target.source());
      }
    }
    return rules.writes(output.path(), output.mode());
  }

  /**
   * Requires that a table which is written does not exist or may be replaced, that no table of a
   * database is written which is read, and that a folder which is written does not hold a table
   * that is read.
   */
  void check(SparkSession session, FileFormat target, Storage storage) throws IOException {
    String place = output.path();
    if (target.isPath(place)) {
      new PathRules(storage)
          .spares(locations(session, storage))
          .writes(place, output.mode())
          .check();
    } else if (target.isJdbc()) {
      if (source.isJdbc() && JdbcOptions.overlap(input.jdbc(), output.options(target))) {
        throw OutputErrors.outputOverInput(
            place, JdbcOptions.table(input.jdbc()).orElse("the table of the query"));
      }
      requireNewTable(new DatabaseTable(output.options(target)));
    } else if (target.isInCatalog(place)) {
      Optional<CatalogTable> table = CatalogTable.find(session, place);
      if (table.isPresent()) {
        check(table.get());
      }
    }
  }

  private void requireNewTable(DatabaseTable table) throws IOException {
    try {
      if (output.mode() == Mode.ERROR && table.exists()) {
        throw OutputErrors.outputExists(output.path());
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private void check(CatalogTable table) {
    if (output.mode() == Mode.ERROR) {
      throw OutputErrors.outputExists(output.path());
    }
    if (table.isView()) {
      throw OutputErrors.outputIsView(output.path());
    }
    if (output.mode() == Mode.OVERWRITE && !table.hasSnapshots()) {
      throw OutputErrors.tableNotReplaced(output.path(), table.provider());
    }
  }

  /** Returns the folders of the catalog tables that are read and may overlap the output. */
  private List<String> locations(SparkSession session, Storage storage) throws IOException {
    List<String> locations = new ArrayList<>();
    for (String name : input.tables(source)) {
      if (source.isInCatalog(name)) {
        Optional<String> location =
            CatalogTable.find(session, name).flatMap(CatalogTable::location);
        if (location.isPresent()) {
          storage.asIn(output.path(), location.get()).ifPresent(locations::add);
        }
      }
    }
    return locations;
  }
}
