package batchnorm.spark.export;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Engine that runs queries of exported models on a table called {@code source}. */
interface SqlEngine extends AutoCloseable {
  /** The name of its dialect. */
  String dialect();

  /** Makes {@code data} the table {@code source}. */
  void load(Dataset<Row> data) throws Exception;

  /**
   * Returns the numbers of a query by row; an array has as many numbers as elements, or one null.
   * All columns of the query are doubles or arrays of them.
   */
  List<List<Double>> numbers(String query) throws Exception;

  @Override
  void close() throws SQLException;

  /** Returns the numbers of rows of Spark. */
  static List<List<Double>> numbers(Dataset<Row> rows) {
    List<List<Double>> all = new ArrayList<>();
    for (Row row : rows.collectAsList()) {
      List<Double> numbers = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        Object value = row.get(i);
        if (value instanceof org.apache.spark.ml.linalg.Vector vector) {
          Arrays.stream(vector.toArray()).forEach(numbers::add);
        } else if (value instanceof scala.collection.Seq<?>) {
          row.<Number>getList(i).forEach(x -> numbers.add(x == null ? null : x.doubleValue()));
        } else {
          numbers.add((Double) value);
        }
      }
      all.add(numbers);
    }
    return all;
  }

  /** Spark itself. */
  static SqlEngine spark() {
    return new SqlEngine() {
      private Dataset<Row> data;

      @Override
      public String dialect() {
        return "spark";
      }

      @Override
      public void load(Dataset<Row> data) {
        this.data = data;
        data.createOrReplaceTempView("source");
      }

      @Override
      public List<List<Double>> numbers(String query) {
        return SqlEngine.numbers(data.sparkSession().sql(query));
      }

      @Override
      public void close() {}
    };
  }

  /**
   * DuckDB in this JVM.
   *
   * @param folder receives the data
   */
  static SqlEngine duckDb(java.nio.file.Path folder) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:duckdb:");
    return new SqlEngine() {
      private int loaded;

      @Override
      public String dialect() {
        return "duckdb";
      }

      @Override
      public void load(Dataset<Row> data) throws SQLException {
        loaded++;
        String path = folder.resolve("duck" + loaded).toString();
        data.coalesce(1).write().parquet(path);
        try (Statement statement = connection.createStatement()) {
          statement.execute("SET TimeZone = 'UTC'");
          statement.execute(
              "CREATE OR REPLACE TABLE source AS SELECT * FROM read_parquet('"
                  + path
                  + "/*.parquet')");
        }
      }

      @Override
      public List<List<Double>> numbers(String query) throws SQLException {
        List<List<Double>> all = new ArrayList<>();
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery(query)) {
          while (rows.next()) {
            List<Double> numbers = new ArrayList<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              Object value = rows.getObject(i);
              if (value instanceof java.sql.Array elements) {
                for (Object x : (Object[]) elements.getArray()) {
                  numbers.add((Double) x);
                }
              } else {
                numbers.add((Double) value);
              }
            }
            all.add(numbers);
          }
        }
        return all;
      }

      @Override
      public void close() throws SQLException {
        connection.close();
      }
    };
  }
}
