package batchnorm.spark.model;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.errors.SavedModelErrors;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/**
 * Rows of a saved model that carry a {@link Checksum} of their other columns, the last of them. The
 * checksum of a table is the sum of those of its rows, whatever their order.
 */
final class CheckedRows {
  /** The name of the column of checksums. */
  static final String COLUMN = "checksum";

  private CheckedRows() {}

  /**
   * Returns {@code table} with checksums.
   *
   * @param total gets the sum of the checksums when the table is written
   */
  static Dataset<Row> of(Dataset<Row> table, LongAccumulator total) {
    StructField[] fields = table.schema().fields();
    JavaRDD<InternalRow> rows =
        ClassicSpark.query(table)
            .toRdd()
            .toJavaRDD()
            .mapPartitions(
                partition -> {
                  Checksum checksum = new Checksum();
                  return mapped(partition, row -> withChecksum(row, fields, checksum, total));
                });
    return ClassicSpark.dataset(
        table.sparkSession(), rows, table.schema().add(COLUMN, DataTypes.LongType, false));
  }

  private static InternalRow withChecksum(
      InternalRow row, StructField[] fields, Checksum checksum, LongAccumulator total) {
    long found = checksum.of(row, fields);
    total.add(found);
    return new JoinedRow(row, new GenericInternalRow(new Object[] {found}));
  }

  /** Returns whether rows of the columns {@code saved}, which were read, carry checksums. */
  static boolean areIn(StructType saved) {
    StructField[] fields = saved.fields();
    StructField last = fields[fields.length - 1];
    return last.name().equals(COLUMN) && last.dataType().equals(DataTypes.LongType);
  }

  /**
   * Returns the same rows, which are checked as they are read: an error if one has another
   * checksum, or a null where {@code expected} has none.
   *
   * @param path the path of the model; for errors
   * @param part the folder of the table; for errors
   * @param expected the columns that {@code saved} has, of the same types
   * @param session the session of the result
   */
  static Dataset<Row> checked(
      Dataset<Row> saved, String path, String part, StructType expected, SparkSession session) {
    Check check = Check.of(saved.schema(), path, part, expected);
    return ClassicSpark.dataset(
        session,
        ClassicSpark.query(saved)
            .toRdd()
            .toJavaRDD()
            .mapPartitions(
                partition -> {
                  Checksum checksum = new Checksum();
                  return mapped(partition, row -> check.checked(row, checksum));
                }),
        saved.schema());
  }

  /** Returns the same of rows of the columns {@code saved}, which this thread reads. */
  static Iterator<InternalRow> checked(
      Iterator<InternalRow> rows, StructType saved, String path, String part, StructType expected) {
    Check check = Check.of(saved, path, part, expected);
    Checksum checksum = new Checksum();
    return mapped(rows, row -> check.checked(row, checksum));
  }

  /**
   * The check of a row.
   *
   * @param path the path of the model; for errors
   * @param part the folder of the table; for errors
   * @param columns the columns of the row; the last is the checksum if there is one
   */
  private record Check(
      String path, String part, StructField[] columns, boolean hasChecksum, RequiredValues required)
      implements Serializable {
    static Check of(StructType saved, String path, String part, StructType expected) {
      StructField[] fields = saved.fields();
      boolean hasChecksum = areIn(saved);
      return new Check(
          path,
          part,
          hasChecksum ? Arrays.copyOf(fields, fields.length - 1) : fields,
          hasChecksum,
          new RequiredValues(expected, saved));
    }

    InternalRow checked(InternalRow row, Checksum checksum) {
      if (!hasChecksum) {
        required
            .missingIn(row)
            .ifPresent(
                name -> {
                  throw SavedModelErrors.notAModel(
                      path, "its " + part + SavedTable.have(part) + " a null in '" + name + "'");
                });
      } else if (row.isNullAt(columns.length)
          || checksum.of(row, columns) != row.getLong(columns.length)) {
        throw SavedModelErrors.notAModel(
            path, "its " + part + SavedTable.have(part) + " a row that differs from its checksum");
      }
      return row;
    }
  }

  /** Returns the checksum that a row carries. */
  static long checksum(Row row) {
    return row.getLong(row.size() - 1);
  }

  /** Returns the results of {@code function} for each row, computed lazily. */
  static <A, B> Iterator<B> mapped(Iterator<A> rows, Function<A, B> function) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public B next() {
        return function.apply(rows.next());
      }
    };
  }
}
