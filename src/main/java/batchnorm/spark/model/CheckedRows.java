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
 * Rows of a saved model whose last column is a {@link Checksum} of the other columns. The checksum
 * of a table is the sum of the rows' checksums, in any order.
 */
final class CheckedRows {
  /** Name of the column of checksums. */
  static final String COLUMN = "checksum";

  private CheckedRows() {}

  /**
   * Returns {@code table} with checksums.
   *
   * @param total receives the sum of the checksums when the table is written
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

  /** Returns whether saved rows with these columns have checksums. */
  static boolean areIn(StructType saved) {
    StructField[] fields = saved.fields();
    StructField last = fields[fields.length - 1];
    return last.name().equals(COLUMN) && last.dataType().equals(DataTypes.LongType);
  }

  /**
   * Returns the same rows, checked as they are read. It is an error if a checksum differs, or if a
   * value that {@code expected} declares not nullable is null.
   *
   * @param path the path of the model; for errors
   * @param part the folder of the table; for errors
   * @param expected the columns that must be in {@code saved}, with the same types
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

  /** Returns the same rows, checked by the thread that reads them. */
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
   * @param columns the columns of the row; a checksum is the last
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

  /** Returns the checksum in a row. */
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
