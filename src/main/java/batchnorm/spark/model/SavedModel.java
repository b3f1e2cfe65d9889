package batchnorm.spark.model;

import static org.apache.spark.sql.functions.col;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.moments.Statistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The statistics of a model as files: the public format, version 1.
 *
 * <pre>
 * PATH/metadata/   one line of JSON, as Spark ML writes it: class, uid, params
 * PATH/data/       one Parquet file, a row a feature:
 *   formatVersion  int     1
 *   features       int     the number of features, thus of rows
 *   rows           double  the sum of the weights of all rows fitted on; null for known statistics
 *   index          int     0 to features - 1
 *   name           string  null for the features of a vector without names
 *   count          double  the sum of the weights of the feature's values; null as rows is
 *   missing        double  the sum of the weights of the rows the feature is missing in
 *   mean           double
 *   m2             double  the sum of squared deviations, so that both divisors survive; for known
 *                          statistics the variance
 * </pre>
 *
 * <p>Sums of weights are numbers of rows where nothing is weighted. The data is written before the
 * metadata, and read back only with as many rows as it has features, so that what a failed save
 * left behind does not load.
 *
 * @param statistics the statistics
 * @param names what the features are called
 */
public record SavedModel(Statistics statistics, FeatureNames names) {
  private static final int FORMAT_VERSION = 1;
  private static final String VERSION_COLUMN = "formatVersion";

  private static final StructType SCHEMA =
      new StructType()
          .add(VERSION_COLUMN, DataTypes.IntegerType, false)
          .add("features", DataTypes.IntegerType, false)
          .add("rows", DataTypes.DoubleType, true)
          .add("index", DataTypes.IntegerType, false)
          .add("name", DataTypes.StringType, true)
          .add("count", DataTypes.DoubleType, true)
          .add("missing", DataTypes.DoubleType, false)
          .add("mean", DataTypes.DoubleType, false)
          .add("m2", DataTypes.DoubleType, false);

  /** Requires that {@code path} exists and looks like a saved stage of class {@code stage}. */
  public static void requireStage(String path, String stage, SparkSession session) {
    if (!exists(new Path(path), session)) {
      throw Errors.pathDoesNotExist(path, stage);
    }
    if (!exists(new Path(path, "metadata"), session)) {
      throw Errors.notAStage(path, stage, "it has no folder 'metadata'");
    }
  }

  /** Reads the statistics from below {@code path}. */
  public static SavedModel read(String path, SparkSession session) {
    if (!exists(new Path(path, "data"), session)) {
      throw Errors.notAModel(path, "it has no folder 'data'");
    }
    Dataset<Row> data = session.read().parquet(new Path(path, "data").toString());
    requireColumns(path, data, Set.of(VERSION_COLUMN));
    List<Row> version = data.select(VERSION_COLUMN).takeAsList(1);
    if (version.isEmpty()) {
      throw Errors.notAModel(path, "its data is empty");
    }
    if (version.get(0).getInt(0) > FORMAT_VERSION) {
      throw Errors.newerFormat(path, version.get(0).getInt(0), FORMAT_VERSION);
    }
    requireColumns(path, data, Set.of(SCHEMA.fieldNames()));
    return of(
        path,
        data.select(
                Arrays.stream(SCHEMA.fieldNames()).map(name -> col(name)).toArray(Column[]::new))
            .orderBy("index")
            .collectAsList());
  }

  /** Writes the statistics below {@code path}. */
  public void write(String path, SparkSession session) {
    List<Row> rows = new ArrayList<>();
    String[] given = names.given().orElse(null);
    for (int j = 0; j < statistics.size(); j++) {
      rows.add(
          RowFactory.create(
              FORMAT_VERSION,
              statistics.size(),
              statistics.isCounted() ? statistics.totalWeight() : null,
              j,
              given == null ? null : given[j],
              statistics.isCounted() ? statistics.weight(j) : null,
              statistics.missingWeight(j),
              statistics.mean(j),
              statistics.m2(j)));
    }
    session
        .createDataFrame(rows, SCHEMA)
        .repartition(1)
        .write()
        .parquet(new Path(path, "data").toString());
  }

  private static SavedModel of(String path, List<Row> rows) {
    int size = rows.get(0).getInt(1);
    if (rows.size() != size) {
      throw Errors.notAModel(path, "its data has " + rows.size() + " of " + size + " features");
    }
    double[] mean = new double[size];
    double[] m2 = new double[size];
    double[] weight = new double[size];
    double[] missing = new double[size];
    String[] names = new String[size];
    boolean counted = !rows.get(0).isNullAt(2);
    boolean named = !rows.get(0).isNullAt(4);
    for (int j = 0; j < size; j++) {
      Row row = rows.get(j);
      names[j] = row.getString(4);
      weight[j] = counted ? row.getDouble(5) : Double.NaN;
      missing[j] = row.getDouble(6);
      mean[j] = row.getDouble(7);
      m2[j] = row.getDouble(8);
    }
    Statistics statistics =
        counted
            ? Statistics.counted(rows.get(0).getDouble(2), mean, m2, weight, missing)
            : Statistics.known(mean, m2);
    return new SavedModel(statistics, named ? FeatureNames.of(names) : FeatureNames.UNNAMED);
  }

  private static void requireColumns(String path, Dataset<Row> data, Set<String> expected) {
    List<String> found = List.of(data.columns());
    if (!found.containsAll(expected)) {
      throw Errors.notAModel(path, "its data has the columns " + String.join(", ", found));
    }
  }

  private static boolean exists(Path path, SparkSession session) {
    Configuration configuration = session.sessionState().newHadoopConf();
    try {
      FileSystem files = path.getFileSystem(configuration);
      return files.exists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
