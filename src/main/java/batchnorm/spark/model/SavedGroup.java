package batchnorm.spark.model;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.fit.GroupKey;
import batchnorm.spark.fit.GroupKeys;
import batchnorm.spark.fit.GroupedMoments;
import batchnorm.spark.fit.InternalRecords;
import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SavedSums;
import batchnorm.spark.moments.Statistics;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Groups in a saved model, one row for each group.
 *
 * <pre>
 *   formatVersion  int
 *   group          struct          the values of the group columns, by name
 *   rows           long            the number of the group's rows
 *   weight         exact           total weight of those rows
 *   mean           array of double for readers of the file; the sums below are exact
 *   variance       array of double with the divisor n
 *   sum            array of exact  of each feature's values, weighted
 *   squares        array of exact  of their squares, weighted
 *   notANumber     array of long   the number of rows with null or NaN
 *   infinite       array of long   the number of rows with an infinite value
 *   missingWeight  array of exact  total weight of those rows; null if nothing is missing
 *   min            array of double the smallest value of each feature, NaN if it is not known or there
 *                                  is none; null if none is known; older models lack it
 *   max            array of double the greatest value, likewise
 *   integers       array of bool   true if some values were longs beyond 2^53, else null;
 *                                  present only if it is true for some group
 * </pre>
 *
 * <p>An {@code exact} number is an {@link ExactNumber}.
 */
final class SavedGroup {
  private static final StructType COLUMNS = schema(new StructType(), true, true);
  private static final int VERSION = COLUMNS.fieldIndex("formatVersion");
  private static final int GROUP = COLUMNS.fieldIndex("group");
  private static final int ROWS = COLUMNS.fieldIndex("rows");
  private static final int WEIGHT = COLUMNS.fieldIndex("weight");
  private static final int MEAN = COLUMNS.fieldIndex("mean");
  private static final int VARIANCE = COLUMNS.fieldIndex("variance");
  private static final int SUM = COLUMNS.fieldIndex("sum");
  private static final int SQUARES = COLUMNS.fieldIndex("squares");
  private static final int NOT_A_NUMBER = COLUMNS.fieldIndex("notANumber");
  private static final int INFINITE = COLUMNS.fieldIndex("infinite");
  private static final int MISSING_WEIGHT = COLUMNS.fieldIndex("missingWeight");
  private static final int MIN = COLUMNS.fieldIndex("min");
  private static final int MAX = COLUMNS.fieldIndex("max");
  private static final int INTEGERS = COLUMNS.fieldIndex("integers");

  private SavedGroup() {}

  /** Returns the columns with or without {@code min} and {@code max}, and {@code integers}. */
  private static StructType schema(StructType keys, boolean extremes, boolean integers) {
    StructType usual = schema(keys);
    StructType ranged =
        extremes
            ? usual
                .add("min", array(DataTypes.DoubleType), true)
                .add("max", array(DataTypes.DoubleType), true)
            : usual;
    return integers ? ranged.add("integers", array(DataTypes.BooleanType), true) : ranged;
  }

  private static StructType schema(StructType keys) {
    return new StructType()
        .add("formatVersion", DataTypes.IntegerType, false)
        .add("group", keys, false)
        .add("rows", DataTypes.LongType, false)
        .add("weight", ExactNumber.TYPE, false)
        .add("mean", array(DataTypes.DoubleType), false)
        .add("variance", array(DataTypes.DoubleType), false)
        .add("sum", array(ExactNumber.TYPE), false)
        .add("squares", array(ExactNumber.TYPE), false)
        .add("notANumber", array(DataTypes.LongType), false)
        .add("infinite", array(DataTypes.LongType), false)
        .add("missingWeight", array(ExactNumber.TYPE), true);
  }

  /** Returns the columns that {@code found} must have: those of all models, and optional ones. */
  static StructType schema(StructType keys, StructType found) {
    List<String> names = List.of(found.fieldNames());
    return schema(keys, names.contains("min") || names.contains("max"), hasIntegers(found));
  }

  static boolean hasIntegers(StructType found) {
    return List.of(found.fieldNames()).contains("integers");
  }

  private static DataType array(DataType element) {
    return DataTypes.createArrayType(element, false);
  }

  /** Returns the row of a record. */
  private static InternalRow row(
      InternalRow record, StructType keys, int features, int version, int columns) {
    Moments moments = Moments.empty();
    moments.mergePacked(InternalRecords.moments(record));
    moments.sizeToIfUnknown(features);
    Statistics statistics = moments.statistics();
    SavedSums[] sums =
        IntStream.range(0, features).mapToObj(moments::feature).toArray(SavedSums[]::new);
    boolean anyMissing =
        IntStream.range(0, features).anyMatch(j -> sums[j].notANumber() + sums[j].infinite() > 0);
    Object[] cells = new Object[COLUMNS.size()];
    cells[VERSION] = version;
    cells[GROUP] = GroupKey.internal(InternalRecords.key(record), keys);
    cells[ROWS] = moments.rows();
    cells[WEIGHT] = ExactNumber.internalRow(moments.rowWeight());
    cells[MEAN] = doubles(features, statistics::mean);
    cells[VARIANCE] = doubles(features, j -> statistics.variance(j, 0));
    cells[SUM] = exact(features, j -> sums[j].sum());
    cells[SQUARES] = exact(features, j -> sums[j].squares());
    cells[NOT_A_NUMBER] = longs(features, j -> sums[j].notANumber());
    cells[INFINITE] = longs(features, j -> sums[j].infinite());
    cells[MISSING_WEIGHT] = anyMissing ? exact(features, j -> sums[j].missingWeight()) : null;
    if (IntStream.range(0, features).anyMatch(j -> !Double.isNaN(sums[j].min()))) {
      cells[MIN] = doubles(features, j -> sums[j].min());
      cells[MAX] = doubles(features, j -> sums[j].max());
    }
    cells[INTEGERS] = integers(sums);
    return new GenericInternalRow(Arrays.copyOf(cells, columns));
  }

  /**
   * Returns the rows of a saved model's groups. Dates and times are written without rebasing: Spark
   * 3.5 would reject dates before 1582, and a user's setting could truncate times.
   *
   * @param integers true if some values were longs beyond 2^53
   */
  static Dataset<Row> rows(GroupedMoments groups, int features, int version, boolean integers) {
    StructType keys = groups.keys();
    StructType schema = schema(keys, true, integers);
    int columns = schema.size();
    SparkSession writing = ClassicSpark.copyOf(groups.session());
    writing.conf().set("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED");
    writing.conf().set("spark.sql.parquet.int96RebaseModeInWrite", "CORRECTED");
    writing.conf().set("spark.sql.parquet.outputTimestampType", "INT96");
    return ClassicSpark.dataset(
        writing,
        groups.groups().map(record -> row(record, keys, features, version, columns)),
        schema);
  }

  /**
   * Returns the groups of saved {@link #rows}, checked as they are read.
   *
   * @param path the path of the model; for errors
   * @param part the folder of the groups; for errors
   * @param saved all saved columns, including those of {@link #schema(StructType, StructType)}
   * @param session the session of the result
   */
  static GroupedMoments groups(
      String path,
      String part,
      Dataset<Row> saved,
      StructType keys,
      int features,
      SparkSession session) {
    StructType schema = schema(keys, saved.schema());
    boolean areChecked = CheckedRows.areIn(saved.schema());
    List<String> found = List.of(schema.fieldNames());
    Dataset<Row> ordered =
        CheckedRows.checked(saved, path, part, schema, session)
            .select(
                Arrays.stream(schema(keys, true, true).fields())
                    .map(
                        field ->
                            found.contains(field.name())
                                ? functions.col(field.name())
                                : functions.lit(null).cast(field.dataType()).as(field.name()))
                    .toArray(Column[]::new));
    return GroupedMoments.of(
        session,
        keys,
        ClassicSpark.query(ordered)
            .toRdd()
            .toJavaRDD()
            .mapPartitions(
                rows -> {
                  Reader reader = new Reader(path, part, keys, features, areChecked);
                  return CheckedRows.mapped(rows, row -> reader.record(row));
                }));
  }

  private static UnsafeArrayData integers(SavedSums[] sums) {
    boolean[] integers = new boolean[sums.length];
    boolean any = false;
    for (int j = 0; j < sums.length; j++) {
      integers[j] = sums[j].integers();
      any |= integers[j];
    }
    return any ? UnsafeArrayData.fromPrimitiveArray(integers) : null;
  }

  /** Converts saved rows to records. */
  private static final class Reader {
    private final String path;
    private final String part;
    private final int keyColumns;
    private final int features;
    private final boolean isChecked;
    private final UnsafeProjection keys;

    /**
     * Returns a reader.
     *
     * @param path the path of the model; for errors
     * @param part the folder of the groups; for errors
     * @param isChecked true if checksums were compared
     */
    Reader(String path, String part, StructType keys, int features, boolean isChecked) {
      this.path = path;
      this.part = part;
      this.isChecked = isChecked;
      this.features = features;
      keyColumns = keys.size();
      this.keys = GroupKey.projection(keys, 0);
    }

    InternalRow record(InternalRow row) {
      byte[] key = keys.apply(row.getStruct(GROUP, keyColumns)).getBytes();
      long hash = GroupKeys.hash(key, 0, key.length);
      return InternalRecords.of(hash, key, moments(row).pack());
    }

    private Moments moments(InternalRow row) {
      requireSizes(row);
      ArrayData sum = row.getArray(SUM);
      Moments moments =
          Moments.of(
              features, row.getLong(ROWS), dyadic(row.getStruct(WEIGHT, ExactNumber.TYPE.size())));
      ArrayData squares = row.getArray(SQUARES);
      ArrayData notANumber = row.getArray(NOT_A_NUMBER);
      ArrayData infinite = row.getArray(INFINITE);
      ArrayData missing = arrayAt(row, MISSING_WEIGHT);
      ArrayData integers = arrayAt(row, INTEGERS);
      ArrayData min = arrayAt(row, MIN);
      ArrayData max = arrayAt(row, MAX);
      for (int j = 0; j < features; j++) {
        moments.set(
            j,
            new SavedSums(
                dyadic(sum, j),
                dyadic(squares, j),
                notANumber.getLong(j),
                infinite.getLong(j),
                missing == null ? Dyadic.ZERO : dyadic(missing, j),
                integers != null && integers.getBoolean(j),
                min == null ? Double.NaN : min.getDouble(j),
                max == null ? Double.NaN : max.getDouble(j)));
      }
      requireStatistics(row, moments, min, max);
      return moments;
    }

    private void requireSizes(InternalRow row) {
      for (int column = MEAN; column < row.numFields(); column++) {
        int found = row.isNullAt(column) ? features : row.getArray(column).numElements();
        if (found != features) {
          throw SavedModelErrors.notAModel(
              path, "a group has " + found + " of " + features + " features");
        }
      }
    }

    /**
     * Requires that mean and variance agree with the sums, and that minimum and maximum are
     * possible, if no checksum was compared.
     */
    private void requireStatistics(InternalRow row, Moments moments, ArrayData min, ArrayData max) {
      if (isChecked) {
        return;
      }
      ArrayData mean = row.getArray(MEAN);
      ArrayData variance = row.getArray(VARIANCE);
      SavedTable.requireStatistics(
          path, part, moments.statistics(), mean::getDouble, variance::getDouble);
      for (int j = 0; j < features; j++) {
        double least = min == null ? Double.NaN : min.getDouble(j);
        double greatest = max == null ? Double.NaN : max.getDouble(j);
        if (!Double.isNaN(least) || !Double.isNaN(greatest)) {
          SavedTable.requireExtremes(path, part, j, least, mean.getDouble(j), greatest);
        }
      }
    }

    private static ArrayData arrayAt(InternalRow row, int column) {
      return row.isNullAt(column) ? null : row.getArray(column);
    }

    private Dyadic dyadic(ArrayData exact, int j) {
      return dyadic(exact.getStruct(j, ExactNumber.TYPE.size()));
    }

    private Dyadic dyadic(InternalRow exact) {
      Dyadic number = ExactNumber.of(exact);
      if (!number.isOfDoubles()) {
        throw SavedModelErrors.notAModel(path, "its groups have sums that cannot be");
      }
      return number;
    }
  }

  private static UnsafeArrayData doubles(int features, IntToDoubleFunction value) {
    return UnsafeArrayData.fromPrimitiveArray(
        IntStream.range(0, features).mapToDouble(value).toArray());
  }

  private static UnsafeArrayData longs(int features, IntToLongFunction value) {
    return UnsafeArrayData.fromPrimitiveArray(
        IntStream.range(0, features).mapToLong(value).toArray());
  }

  private static GenericArrayData exact(int features, IntFunction<Dyadic> exact) {
    return new GenericArrayData(
        IntStream.range(0, features)
            .mapToObj(j -> (Object) ExactNumber.internalRow(exact.apply(j)))
            .toArray());
  }
}
