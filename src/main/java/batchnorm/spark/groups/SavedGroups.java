package batchnorm.spark.groups;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;

import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.files.LiteralPath;
import batchnorm.spark.internal.GroupedMoments;
import batchnorm.spark.internal.SavedTable;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The groups of a saved model: Parquet below {@code PATH/groups/}, a row a group. */
public final class SavedGroups {
  private static final int VERSION = 3;
  private static final String FOLDER = "groups";

  private SavedGroups() {}

  /** Whether there are groups below {@code path}. */
  public static boolean exist(String path, SparkSession session) {
    return SavedTable.exists(folder(path), session);
  }

  /** Writes {@code groups} below {@code path}. */
  public static void write(Groups groups, String path) {
    SavedTable.write(groups.moments().saved(groups.features(), VERSION), folder(path));
  }

  /**
   * Reads the groups below {@code path}; the sums of many are left there until they are asked for.
   *
   * @param features the number of features
   * @param rows the number of rows that the model was fitted on
   */
  public static Groups read(String path, SparkSession session, int features, long rows) {
    if (!exist(path, session)) {
      throw Errors.notAModel(path, "it has no folder '" + FOLDER + "'");
    }
    Dataset<Row> saved = SavedTable.read(folder(path), session);
    requireColumn(
        path, saved, DataTypes.createStructField("formatVersion", DataTypes.IntegerType, true));
    Row found =
        saved
            .select(
                coalesce(max("formatVersion"), lit(VERSION)),
                count(lit(1)),
                sizeOfRows(saved),
                bytesOfKeys(saved))
            .first();
    if (found.getInt(0) > VERSION) {
      throw Errors.newerFormat(path, found.getInt(0), VERSION);
    }
    StructType keys = keys(path, saved);
    StructType schema = GroupedMoments.savedSchema(keys);
    Arrays.stream(schema.fields()).forEach(field -> requireColumn(path, saved, field));
    if (found.getLong(2) != rows) {
      throw Errors.notAModel(path, "its groups have " + found.getLong(2) + " of " + rows + " rows");
    }
    Dataset<Row> ordered =
        saved.select(
            Arrays.stream(schema.fieldNames()).map(SchemaLookup::reference).toArray(Column[]::new));
    return Groups.of(
        keys,
        features,
        found.getLong(1),
        found.getLong(3),
        GroupedMoments.ofSaved(path, ordered, keys, features));
  }

  /** The number of rows of all groups; 0 where no column tells it. */
  private static Column sizeOfRows(Dataset<Row> saved) {
    boolean told = Arrays.asList(saved.columns()).contains("rows");
    return told ? coalesce(sum("rows").cast("bigint"), lit(0L)) : lit(0L);
  }

  /** The number of bytes of all keys as texts; 0 where no column tells it. */
  private static Column bytesOfKeys(Dataset<Row> saved) {
    boolean there =
        Arrays.stream(saved.schema().fields())
            .anyMatch(
                field -> field.name().equals("group") && field.dataType() instanceof StructType);
    return there
        ? coalesce(sum(octet_length(to_json(col("group")))).cast("bigint"), lit(0L))
        : lit(0L);
  }

  private static StructType keys(String path, Dataset<Row> saved) {
    return Arrays.stream(saved.schema().fields())
        .filter(field -> field.name().equals("group"))
        .map(StructField::dataType)
        .filter(StructType.class::isInstance)
        .map(StructType.class::cast)
        .findFirst()
        .orElseThrow(() -> Errors.notAModel(path, "its groups have no struct 'group'"));
  }

  private static void requireColumn(String path, Dataset<Row> saved, StructField expected) {
    String type = expected.dataType().catalogString();
    boolean found =
        Arrays.stream(saved.schema().fields())
            .anyMatch(
                field ->
                    field.name().equals(expected.name())
                        && field.dataType().catalogString().equals(type));
    if (!found) {
      throw Errors.notAModel(
          path, "its groups have no column '" + expected.name() + "' of type " + type);
    }
  }

  private static String folder(String path) {
    return LiteralPath.child(path, FOLDER);
  }
}
