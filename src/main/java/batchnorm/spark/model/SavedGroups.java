package batchnorm.spark.model;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.sum;

import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.files.LiteralPath;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Groups of a saved model: Parquet below {@code PATH/groups/}, a row for each group.
 *
 * @param path the path of the model
 * @param checksum the checksum of all groups, if the model was saved with one
 * @param features the number of features
 * @param rows the number of fitted rows
 */
public record SavedGroups(String path, OptionalLong checksum, int features, long rows) {
  private static final int VERSION = 3;

  /** Folder of the groups. */
  public static final String FOLDER = "groups";

  private static final StructType VERSION_COLUMN =
      new StructType().add("formatVersion", DataTypes.IntegerType);

  /** Returns whether there are groups below {@code path}. */
  public static boolean exist(String path, Configuration configuration) {
    return SavedTable.exists(folder(path), configuration);
  }

  /**
   * Writes {@code groups} below {@code path}.
   *
   * @return the checksum of all rows
   */
  public static long write(Groups groups, String path) {
    Dataset<Row> rows =
        SavedGroup.rows(groups.moments(), groups.features(), VERSION, groups.hasIntegers());
    return SavedTable.write(rows, folder(path));
  }

  /** Reads the groups; the sums of many groups are read lazily. */
  public Groups read(SparkSession session) {
    Dataset<Row> saved = SavedTable.read(path, FOLDER, session);
    SavedTable.requireColumns(saved.schema(), path, FOLDER, VERSION_COLUMN);
    return SavedTable.reading(path, FOLDER, () -> read(saved, session));
  }

  private Groups read(Dataset<Row> saved, SparkSession session) {
    Row found =
        saved
            .select(
                coalesce(max("formatVersion"), lit(VERSION)),
                count(lit(1)),
                sizeOfRows(saved),
                bytesOfKeys(saved),
                sumOfChecksums(saved))
            .first();
    if (found.getInt(0) > VERSION) {
      throw SavedModelErrors.newerFormat(path, found.getInt(0), VERSION);
    }
    StructType keys =
        keysIn(saved)
            .orElseThrow(
                () -> SavedModelErrors.notAModel(path, "its groups have no struct 'group'"));
    StructType schema = SavedGroup.schema(keys, saved.schema());
    SavedTable.requireColumns(saved.schema(), path, FOLDER, schema);
    SavedTable.requireChecksums(saved.schema(), path, FOLDER, checksum);
    if (found.getLong(2) != rows) {
      throw SavedModelErrors.notAModel(
          path, "its groups have " + found.getLong(2) + " of " + rows + " rows");
    }
    SavedTable.requireSum(path, FOLDER, checksum, found.getDecimal(4).toBigInteger().longValue());
    return Groups.of(
        this,
        keys,
        found.getLong(1),
        found.getLong(3),
        SavedGroup.hasIntegers(saved.schema()),
        SavedGroup.groups(path, FOLDER, saved, keys, features, session));
  }

  /** Returns the sum of the checksums of all groups, modulo 2^64; 0 without groups. */
  private static Column sumOfChecksums(Dataset<Row> saved) {
    Column none = lit(BigDecimal.ZERO);
    return CheckedRows.areIn(saved.schema())
        ? coalesce(sum(col(CheckedRows.COLUMN).cast("decimal(20,0)")), none)
        : none;
  }

  /** Returns the number of rows of all groups; 0 if no column has it. */
  private static Column sizeOfRows(Dataset<Row> saved) {
    boolean told = Arrays.asList(saved.columns()).contains("rows");
    return told ? coalesce(sum("rows").cast("bigint"), lit(0L)) : lit(0L);
  }

  /**
   * Returns the approximate size of all keys, in bytes: 8 for each column, plus the lengths of
   * texts; 0 without groups.
   */
  private static Column bytesOfKeys(Dataset<Row> saved) {
    Column bytes = lit(0L);
    for (StructField key : keysIn(saved).map(StructType::fields).orElse(new StructField[0])) {
      Column text = octet_length(col("group").getField(key.name()));
      Column more = key.dataType() instanceof StringType ? coalesce(text, lit(0)) : lit(0);
      bytes = bytes.plus(more).plus(Long.BYTES);
    }
    return coalesce(sum(bytes), lit(0L));
  }

  private static Optional<StructType> keysIn(Dataset<Row> saved) {
    return Arrays.stream(saved.schema().fields())
        .filter(field -> field.name().equals("group"))
        .map(StructField::dataType)
        .filter(StructType.class::isInstance)
        .map(StructType.class::cast)
        .findFirst();
  }

  private static String folder(String path) {
    return LiteralPath.child(path, FOLDER);
  }
}
