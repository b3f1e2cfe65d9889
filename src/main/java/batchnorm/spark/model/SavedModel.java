package batchnorm.spark.model;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.internal.SavedTable;
import batchnorm.spark.moments.Learned;
import batchnorm.spark.moments.Statistics;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The statistics of a model as files: the public format.
 *
 * <pre>
 * PATH/metadata/   one line of JSON, as Spark ML writes it: class, uid, params
 * PATH/data/       Parquet, a row a feature, whose columns are those of its version:
 *   formatVersion  int     first of all; see {@link Format1}, {@link Format2} and {@link
 *                          Format3}
 *   features       int     the number of features, thus of rows
 *   index          int     0 to features - 1
 *   ...
 * </pre>
 *
 * <p>The data is written before the metadata, and read back only with as many rows as it has
 * features, so that what a failed save left behind does not load.
 *
 * @param learned the statistics and, but for known ones and those of format 1, the exact sums
 * @param names what the features are called
 */
public record SavedModel(Learned learned, FeatureNames names) {
  static final String VERSION_COLUMN = "formatVersion";

  /** Reads the statistics from below {@code path}. */
  public static SavedModel read(String path, SparkSession session) {
    if (!SavedTable.exists(data(path), session)) {
      throw Errors.notAModel(path, "it has no folder 'data'");
    }
    Dataset<Row> data = SavedTable.read(data(path), session);
    requireColumns(path, data, Set.of(VERSION_COLUMN));
    List<Row> first = data.select(VERSION_COLUMN).takeAsList(1);
    if (first.isEmpty()) {
      throw Errors.notAModel(path, "its data is empty");
    }
    return switch (first.get(0).getInt(0)) {
      case Format1.VERSION -> Format1.model(rows(path, data, Format1.COLUMNS));
      case Format2.VERSION -> {
        requireColumns(path, data, Format2.COLUMNS);
        yield Format2.model(path, data);
      }
      case Format3.VERSION -> {
        requireColumns(path, data, Format3.COLUMNS);
        yield Format2.model(path, data);
      }
      default -> throw Errors.newerFormat(path, first.get(0).getInt(0), Format3.VERSION);
    };
  }

  /** Writes the statistics below {@code path}, in the newest format that holds what is known. */
  public void write(String path, SparkSession session) {
    Statistics statistics = learned.statistics();
    Dataset<Row> rows =
        statistics
            .roundedM2()
            .map(m2 -> Format1.rows(statistics, m2, names))
            .map(old -> session.createDataFrame(old, Format1.SCHEMA).repartition(1))
            .orElseGet(() -> Format2.rows(this, session));
    SavedTable.write(rows, data(path));
  }

  private static List<Row> rows(String path, Dataset<Row> data, Set<String> columns) {
    requireColumns(path, data, columns);
    List<Row> rows = data.orderBy("index").collectAsList();
    int features = rows.get(0).<Integer>getAs("features");
    if (rows.size() != features) {
      throw Errors.notAModel(path, "its data has " + rows.size() + " of " + features + " features");
    }
    return rows;
  }

  private static void requireColumns(String path, Dataset<Row> data, Set<String> expected) {
    List<String> found = List.of(data.columns());
    if (!found.containsAll(expected)) {
      throw Errors.notAModel(path, "its data has the columns " + String.join(", ", found));
    }
  }

  private static String data(String path) {
    return LiteralPath.child(path, "data");
  }
}
