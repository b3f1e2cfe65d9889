package batchnorm.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.stream.Collectors;

/** DuckDB in this JVM, with as many threads as Spark has. */
final class DuckDb implements AutoCloseable {
  private final Connection connection;

  DuckDb(int threads) {
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:");
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET threads = " + threads);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Computes mean and variance of {@code columns} of {@code table}, an SQL table function. */
  void moments(String table, String... columns) {
    String list =
        Arrays.stream(columns)
            .map(name -> "avg(" + name + "), var_pop(" + name + ")")
            .collect(Collectors.joining(", "));
    query("SELECT " + list + " FROM " + table);
  }

  String version() {
    return query("SELECT version()");
  }

  private String query(String sql) {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
