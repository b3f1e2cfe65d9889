package batchnorm.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
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
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    execute("SET threads = " + threads);
  }

  /** Computes mean and variance of {@code numbers} of {@code table}, an SQL table function. */
  Statistics moments(String table, List<String> numbers) {
    return query(
        "SELECT " + list(numbers) + " FROM " + table,
        row -> {
          double[] pairs = new double[2 * numbers.size()];
          for (int i = 0; i < pairs.length; i++) {
            pairs[i] = row.getDouble(i + 1);
          }
          return Statistics.ofPairs(pairs);
        });
  }

  /** Keeps them of each group that column "k" makes in a table in memory. */
  void momentsOfGroups(String table, List<String> numbers) {
    execute(
        "CREATE OR REPLACE TEMP TABLE groups AS SELECT k, "
            + list(numbers)
            + " FROM "
            + table
            + " GROUP BY k");
  }

  private static String list(List<String> numbers) {
    return numbers.stream()
        .map(number -> "avg(" + number + "), var_pop(" + number + ")")
        .collect(Collectors.joining(", "));
  }

  String version() {
    return query("SELECT version()", row -> row.getString(1));
  }

  private void execute(String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
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
