package batchnorm.spark.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A table of a catalog of Spark, or a view.
 *
 * @param isView whether it has no rows of its own
 * @param provider the source its rows are written with, if its catalog tells
 * @param location the folder of its files, if it has one
 */
record CatalogTable(boolean isView, Optional<String> provider, Optional<String> location) {
  /** After it come the facts of a table; before it its columns, which may have any name. */
  private static final String FACTS = "# Detailed Table Information";

  /** Returns the table of this name, if it exists. */
  static Optional<CatalogTable> find(SparkSession session, String name) {
    if (!session.catalog().tableExists(name)) {
      return Optional.empty();
    }
    Map<String, String> facts = new HashMap<>();
    boolean columns = true;
    for (Row row : session.sql("DESCRIBE TABLE EXTENDED " + name).collectAsList()) {
      if (!columns) {
        facts.putIfAbsent(row.getString(0), row.getString(1));
      }
      columns = columns && !row.getString(0).equals(FACTS);
    }
    // Of temporary views nothing is told but the columns.
    return Optional.of(
        new CatalogTable(
            columns || "VIEW".equals(facts.get("Type")),
            Optional.ofNullable(facts.get("Provider")),
            Optional.ofNullable(facts.get("Location"))));
  }

  /** Whether its rows are replaced in one step, and a reader keeps to those that it began with. */
  boolean hasSnapshots() {
    return provider.map(FileFormat::of).filter(FileFormat::readsSnapshots).isPresent();
  }
}
