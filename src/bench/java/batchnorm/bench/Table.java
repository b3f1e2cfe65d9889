package batchnorm.bench;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Data as Spark and as DuckDB read it.
 *
 * @param duckDb the table function that reads the same files
 */
record Table(Dataset<Row> frame, String duckDb) {}
