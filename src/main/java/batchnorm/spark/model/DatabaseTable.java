package batchnorm.spark.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.execution.datasources.jdbc.JdbcOptionsInWrite;
import org.apache.spark.sql.execution.datasources.jdbc.JdbcUtils;
import org.apache.spark.sql.jdbc.JdbcDialects;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** Table of a database, with the connection of Spark's source {@code jdbc}. */
public final class DatabaseTable {
  private final JdbcOptionsInWrite options;

  /**
   * Returns the table for options of Spark's source: {@code url}, {@code dbtable}, {@code driver},
   * ...
   */
  @SuppressWarnings("unchecked") // One version of Spark declares Map.updated as raw.
  public DatabaseTable(Map<String, String> options) {
    scala.collection.immutable.Map<String, String> all =
        scala.collection.immutable.Map$.MODULE$.<String, String>empty();
    for (Map.Entry<String, String> option : options.entrySet()) {
      all = all.updated(option.getKey(), option.getValue());
    }
    this.options = new JdbcOptionsInWrite(all);
  }

  private interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /** Returns whether the table exists. */
  public boolean exists() throws SQLException {
    return connected(connection -> JdbcUtils.tableExists(connection, options));
  }

  /** Returns the names of the columns; empty if Spark does not know the type of one. */
  public Optional<String[]> columns() throws SQLException {
    Option<StructType> schema =
        connected(connection -> JdbcUtils.getSchemaOption(connection, options));
    return schema.isDefined() ? Optional.of(schema.get().fieldNames()) : Optional.empty();
  }

  /**
   * Returns whether Spark truncates the table with option {@code truncate}. Spark drops and
   * recreates it if it has no dialect for the database, or if the database would truncate other
   * tables as well.
   */
  public boolean isTruncatedBySpark() {
    Option<Object> cascades = JdbcUtils.isCascadingTruncateTable(options.url());
    return cascades.isDefined() && cascades.get().equals(false);
  }

  /** Deletes all rows; the definition of the table is kept. */
  public void deleteRows() throws SQLException {
    connected(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("DELETE FROM " + options.table());
          }
        });
  }

  private <T> T connected(Work<T> work) throws SQLException {
    int anyPartition = -1;
    try (Connection connection =
        JdbcDialects.get(options.url()).createConnectionFactory(options).apply(anyPartition)) {
      return work.with(connection);
    }
  }
}
