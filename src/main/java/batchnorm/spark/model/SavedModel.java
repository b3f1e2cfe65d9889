package batchnorm.spark.model;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Learned;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/**
 * Statistics of a model as files, in the public format.
 *
 * <pre>
 * PATH/metadata/   one line of JSON, as Spark ML writes it: class, uid, params
 * PATH/data/       Parquet, a row for each feature, with the columns of its version:
 *   formatVersion  int     the first column; see {@link Format1}, {@link Format2} and {@link
 *                          Format3}
 *   features       int     the number of features, which is that of rows
 *   index          int     0 to features - 1
 *   ...
 *   checksum       long    of the row, the last column
 * </pre>
 *
 * <p>The data is written before the metadata, and the number of rows must be that of features: the
 * remains of a failed save do not load.
 *
 * @param learned the statistics, with exact sums unless they are known or of format 1
 * @param names the names of the features
 */
public record SavedModel(Learned learned, FeatureNames names) {
  /** Folder of the statistics. */
  public static final String FOLDER = "data";

  static final String VERSION_COLUMN = "formatVersion";

  private static final StructType VERSION =
      new StructType().add(VERSION_COLUMN, DataTypes.IntegerType);

  /** Reads the statistics saved with {@code stage}, without a job. */
  public static SavedModel read(SavedStage stage) {
    String path = stage.path();
    OptionalLong checksum = stage.checksum(FOLDER);
    DriverTable saved = DriverTable.open(path, FOLDER, stage.configuration());
    SavedTable.requireColumns(saved.schema(), path, FOLDER, VERSION);
    return SavedTable.reading(
        path,
        FOLDER,
        () -> {
          try {
            return read(path, checksum, saved);
          } catch (Exception e) {
            requireVersion(path, saved);
            throw e;
          }
        });
  }

  /** Reads the rows in the format of their columns, and requires the version of that format. */
  private static SavedModel read(String path, OptionalLong checksum, DriverTable saved)
      throws IOException {
    StructType found = saved.schema();
    List<String> columns = List.of(found.fieldNames());
    boolean isOld = !columns.contains("sum");
    boolean isRunning = columns.containsAll(List.of(Format3.SCHEMA.fieldNames()));
    StructType recent = isRunning ? Format3.SCHEMA : Format2.SCHEMA;
    StructType schema = isOld ? Format1.SCHEMA : Format2.withOptional(recent, found);
    SavedTable.requireColumns(found, path, FOLDER, schema);
    SavedTable.requireChecksums(found, path, FOLDER, checksum);
    try (DriverTable.Rows rows = saved.rows(found)) {
      Iterator<Row> data = external(CheckedRows.checked(rows, found, path, FOLDER, schema), found);
      return isOld ? Format1.model(path, data, checksum) : Format2.model(path, data, checksum);
    }
  }

  private static Iterator<Row> external(Iterator<InternalRow> rows, StructType columns) {
    Function1<Object, Object> converter = CatalystTypeConverters.createToScalaConverter(columns);
    return CheckedRows.mapped(rows, row -> (Row) converter.apply(row));
  }

  /**
   * Requires a known version and its columns; this error comes first if the files cannot be read.
   */
  private static void requireVersion(String path, DriverTable saved) throws IOException {
    int version = version(path, saved);
    StructType schema =
        switch (version) {
          case Format1.VERSION -> Format1.SCHEMA;
          case Format2.VERSION -> Format2.SCHEMA;
          case Format3.VERSION -> Format3.SCHEMA;
          default -> throw unknownVersion(path, version);
        };
    SavedTable.requireColumns(saved.schema(), path, FOLDER, schema);
  }

  private static int version(String path, DriverTable saved) throws IOException {
    try (DriverTable.Rows rows = saved.rows(VERSION)) {
      if (!rows.hasNext()) {
        throw SavedModelErrors.notAModel(path, "its data is empty");
      }
      InternalRow first = rows.next();
      return first.isNullAt(0) ? 0 : first.getInt(0);
    }
  }

  private static IllegalArgumentException unknownVersion(String path, int version) {
    return version > Format3.VERSION
        ? SavedModelErrors.newerFormat(path, version, Format3.VERSION)
        : SavedModelErrors.notAModel(path, "its data has the format version " + version);
  }

  /**
   * Writes the statistics below {@code path}, in the newest format that fits them.
   *
   * @return the checksum of all rows
   */
  public long write(String path, SparkSession session) {
    Statistics statistics = learned.statistics();
    Dataset<Row> rows =
        statistics
            .roundedM2()
            .map(m2 -> Format1.rows(statistics, m2, names))
            .map(old -> session.createDataFrame(old, Format1.SCHEMA).repartition(1))
            .orElseGet(() -> Format2.rows(this, session));
    return SavedTable.write(rows, LiteralPath.child(path, FOLDER));
  }
}
