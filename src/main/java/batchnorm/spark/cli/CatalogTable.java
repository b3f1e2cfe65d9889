package batchnorm.spark.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A table of a catalog of Spark, or a view.
 *
 * @param isView true if it is a view, which has no rows of its own
 * @param provider the source that its rows are written with, if its catalog knows it
 * @param location the folder of its files, if it has one
 */
record CatalogTable(boolean isView, Optional<String> provider, Optional<String> location) {
  /**
   * Row of a description that separates a table's columns, which may have any name, from its
   * properties.
   */
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
    // For temporary views, only the columns are described.
    return Optional.of(
        new CatalogTable(
            columns || "VIEW".equals(facts.get("Type")),
            Optional.ofNullable(facts.get("Provider")),
            Optional.ofNullable(facts.get("Location"))));
  }

  /**
   * Returns whether its rows are replaced atomically, so that a reader keeps seeing the snapshot
   * that it began with.
   */
  boolean hasSnapshots() {
    return provider.map(FileFormat::of).filter(FileFormat::readsSnapshots).isPresent();
  }
}
