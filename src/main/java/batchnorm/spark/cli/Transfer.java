package batchnorm.spark.cli;

import batchnorm.spark.errors.OutputErrors;
import batchnorm.spark.model.DatabaseTable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Data that is read, and where what is made of it is written; any of it may be a table. */
record Transfer(Storage storage, Input input, OutputOptions output) {

  /** Returns the rules for the files and folders of the data. */
  PathRules rules() throws IOException {
    PathRules rules = new PathRules(storage).reads(input.files());
    FileFormat target = output.format(input.format());
    if (!target.isPath(output.path())) {
      return rules;
    }
    Optional<String> table = storage.literal(output.path()).tableFormat();
    if (target.isIceberg() && !table.equals(Optional.of(target.source()))) {
      throw OutputErrors.newIcebergFolder(output.path());
    }
    if (target.readsSnapshots() && target.isSameAs(input.format())) {
      return rules.writes(Output.Kind.TABLE, output.path(), output.mode());
    }
    if (output.mode() == Mode.APPEND
        && table.isPresent()
        && !target.isSameAs(FileFormat.of(table.get()))) {
      throw OutputErrors.tableOfAnotherFormat(output.path(), table.get(), target.source());
    }
    return rules.writes(Output.Kind.DATA, output.path(), output.mode());
  }

  /** Returns what writes rows of {@code schema}, after a look at the tables that are concerned. */
  DataTarget target(SparkSession session, StructType schema) throws IOException {
    FileFormat format = output.format(input.format(), schema);
    check(session, format);
    return new DataTarget(storage, output, format);
  }

  /**
   * Requires that a table which is written does not exist or may be replaced, that no table of a
   * database is written which is read, and that a folder which is written does not hold a table
   * that is read.
   */
  private void check(SparkSession session, FileFormat target) throws IOException {
    String place = output.path();
    if (target.isPath(place)) {
      new PathRules(storage)
          .reads(locations(session))
          .writes(Output.Kind.DATA, place, output.mode())
          .check();
    } else if (target.isJdbc()) {
      if (input.format().isJdbc() && JdbcOptions.overlap(input.jdbc(), output.options(target))) {
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
  private List<Place> locations(SparkSession session) throws IOException {
    List<Place> locations = new ArrayList<>();
    for (String name : input.tables()) {
      if (input.format().isInCatalog(name)) {
        Optional<String> location =
            CatalogTable.find(session, name).flatMap(CatalogTable::location);
        Optional<String> here =
            location.isPresent() ? storage.asIn(output.path(), location.get()) : Optional.empty();
        if (here.isPresent()) {
          locations.add(storage.literal(here.get()));
        }
      }
    }
    return locations;
  }
}
