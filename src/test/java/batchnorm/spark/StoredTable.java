package batchnorm.spark;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.spark.sql.CreateTableWriter;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.analysis.TableAlreadyExistsException;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table of some format.
 *
 * @param schema the schema to read it with, if the format does not keep the types
 */
record StoredTable(
    SparkSession session, Path directory, Format format, String name, StructType schema) {
  /** Type of the feature columns. */
  enum Kind {
    NUMBERS,
    ARRAYS,
    VECTORS
  }

  /** A format, and how fits read each kind of column; null where it does not hold the kind. */
  enum Format {
    PARQUET("COLUMNS", "COLUMNS", "COLUMNS"),
    DELTA("COLUMNS", "COLUMNS", "COLUMNS"),
    ICEBERG("COLUMNS", "ROWS", null),
    ORC("COLUMNS", "COLUMNS", "ROWS"),
    AVRO("ROWS", "ROWS", null),
    JSON("ROWS", "ROWS", null),
    CSV("ROWS", null, null),
    JDBC("ROWS", null, null);

    private final String[] paths;

    Format(String... paths) {
      this.paths = paths;
    }

    String path(Kind kind) {
      return paths[kind.ordinal()];
    }

    /** The name of the Spark data source. */
    String source() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Adds {@code rows}, to a table that is made by the first. */
  void append(Dataset<Row> rows, String... partitions) {
    switch (format) {
      case ICEBERG -> appendToIceberg(widened(rows), partitions);
      case JDBC -> {
        execute("create table if not exists " + name() + " (" + columns(rows.schema()) + ")");
        rows.coalesce(1).write().mode(SaveMode.Append).jdbc(url(), name(), new Properties());
      }
      default ->
          rows.write()
              .format(format.source())
              .option("header", true)
              .partitionBy(partitions)
              .mode(SaveMode.Append)
              .save(path());
    }
  }

  private void appendToIceberg(Dataset<Row> rows, String... partitions) {
    try {
      if (session.catalog().tableExists(name())) {
        rows.writeTo(name()).append();
      } else {
        partitioned(rows.writeTo(name()), partitions).create();
      }
    } catch (NoSuchTableException | TableAlreadyExistsException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads the table again. */
  Dataset<Row> read() {
    return switch (format) {
      case ICEBERG -> session.table(name());
      case JDBC -> session.read().jdbc(url(), name(), new Properties());
      case DELTA, AVRO -> session.read().format(format.source()).load(path());
      default ->
          session.read().format(format.source()).schema(schema).option("header", true).load(path());
    };
  }

  @Override
  public String name() {
    return format == Format.ICEBERG ? "ice.db." + name : name;
  }

  String path() {
    return directory.resolve(format.source() + "-" + name).toString();
  }

  private String url() {
    return "jdbc:duckdb:" + directory.resolve("duck.db");
  }

  private void execute(String sql) {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Iceberg has no integers below 32 bits. */
  private static Dataset<Row> widened(Dataset<Row> rows) {
    Dataset<Row> widened = rows;
    for (StructField field : rows.schema().fields()) {
      if (field.dataType() instanceof ByteType || field.dataType() instanceof ShortType) {
        widened = widened.withColumn(field.name(), rows.col(field.name()).cast("int"));
      }
    }
    return widened;
  }

  private static CreateTableWriter<Row> partitioned(
      DataFrameWriterV2<Row> writer, String... partitions) {
    return partitions.length == 0
        ? writer.using("iceberg")
        : writer.partitionedBy(functions.col(partitions[0]));
  }

  private static String columns(StructType schema) {
    return Arrays.stream(schema.fields())
        .map(field -> '"' + field.name() + "\" " + sqlType(field.dataType()))
        .collect(Collectors.joining(", "));
  }

  private static String sqlType(DataType type) {
    return type.equals(DataTypes.StringType) ? "varchar" : type.sql();
  }
}
