package batchnorm.bench;

import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * Files as Spark and as others read them.
 *
 * @param format the extension of the file names, which is also the name of their format
 */
record Table(Dataset<Row> frame, String path, String format) {
  /** Returns the same data in another frame of Spark. */
  Table of(Dataset<Row> other) {
    return new Table(other, path, format);
  }

  /** The path of all the files. */
  String files() {
    return path + "/*." + format;
  }

  /** The table function of DuckDB that reads the files. */
  String duckDb() {
    return "read_" + format + "('" + files() + "')";
  }

  /** The columns as numbers, in SQL, which has no mean of booleans. */
  Stream<String> numbers(String... names) {
    return Arrays.stream(names)
        .map(
            name ->
                frame.schema().apply(name).dataType().equals(DataTypes.BooleanType)
                    ? "CAST(" + name + " AS INT)"
                    : name);
  }
}
