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

  @FunctionalInterface
  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

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
  Statistics moments(String table, String... columns) {
    String list =
        Arrays.stream(columns)
            .map(name -> "avg(" + name + "), var_pop(" + name + ")")
            .collect(Collectors.joining(", "));
    return query(
        "SELECT " + list + " FROM " + table,
        row -> {
          double[] pairs = new double[2 * columns.length];
          for (int i = 0; i < pairs.length; i++) {
            pairs[i] = row.getDouble(i + 1);
          }
          return Statistics.ofPairs(pairs);
        });
  }

  String version() {
    return query("SELECT version()", row -> row.getString(1));
  }

  private <T> T query(String sql, RowReader<T> reader) {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return reader.read(result);
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
