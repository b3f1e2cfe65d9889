package batchnorm.spark.internal;

import batchnorm.spark.moments.ColumnCollector;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * The numeric columns of a batch, as doubles: each value as a cast to double makes it, null as NaN.
 * Encodings (dictionaries, constants, runs) are the vectors' own business.
 */
final class NumberColumns implements ColumnCollector.Columns {
  private final ColumnVector[] columns;

  /** Takes the columns of the features, then that of the weights if there are any. */
  NumberColumns(ColumnVector[] columns) {
    this.columns = columns;
  }

  @Override
  public void read(int j, int from, int count, double[] into) {
    read(columns[j], from, count, into);
  }

  @Override
  public void readWeights(int from, int count, double[] into) {
    read(columns[columns.length - 1], from, count, into);
  }

  /** Copies rows {@code from} to {@code from + count} of {@code column}; null is NaN. */
  static void read(ColumnVector column, int from, int count, double[] into) {
    DataType type = column.dataType();
    boolean hasNull = column.hasNull();
    if (isOneByOne(column, type, hasNull)) {
      for (int i = 0; i < count; i++) {
        into[i] = column.isNullAt(from + i) ? Double.NaN : number(column, type, from + i);
      }
      return;
    }
    if (type instanceof DoubleType) {
      readDoubles(column, from, count, into);
    } else if (type instanceof FloatType) {
      readFloats(column, from, count, into);
    } else if (type instanceof IntegerType) {
      int[] values = column.getInts(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else {
      long[] values = column.getLongs(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    }
    if (hasNull) {
      for (int i = 0; i < count; i++) {
        if (column.isNullAt(from + i)) {
          into[i] = Double.NaN;
        }
      }
    }
  }

  /** Blocks are for the common types; some vectors, of Arrow, refuse to read what is null. */
  private static boolean isOneByOne(ColumnVector column, DataType type, boolean hasNull) {
    if (hasNull && !(column instanceof WritableColumnVector)) {
      return true;
    }
    return !(type instanceof DoubleType
        || type instanceof FloatType
        || type instanceof IntegerType
        || type instanceof LongType);
  }

  private static void readDoubles(ColumnVector column, int from, int count, double[] into) {
    if (column instanceof OnHeapColumnVector plain && !plain.hasDictionary()) {
      // Compiled to a copy of memory, without the array that getDoubles makes.
      for (int i = 0; i < count; i++) {
        into[i] = plain.getDouble(from + i);
      }
    } else {
      System.arraycopy(column.getDoubles(from, count), 0, into, 0, count);
    }
  }

  private static void readFloats(ColumnVector column, int from, int count, double[] into) {
    if (column instanceof OnHeapColumnVector plain && !plain.hasDictionary()) {
      for (int i = 0; i < count; i++) {
        into[i] = plain.getFloat(from + i);
      }
    } else {
      float[] values = column.getFloats(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    }
  }

  private static double number(ColumnVector column, DataType type, int row) {
    if (type instanceof DoubleType) {
      return column.getDouble(row);
    }
    if (type instanceof FloatType) {
      return column.getFloat(row);
    }
    if (type instanceof IntegerType) {
      return column.getInt(row);
    }
    if (type instanceof LongType) {
      return column.getLong(row);
    }
    if (type instanceof ShortType) {
      return column.getShort(row);
    }
    if (type instanceof ByteType) {
      return column.getByte(row);
    }
    if (type instanceof BooleanType) {
      return column.getBoolean(row) ? 1 : 0;
    }
    if (type instanceof DecimalType decimal) {
      return column.getDecimal(row, decimal.precision(), decimal.scale()).toDouble();
    }
    throw new IllegalStateException("not a numeric type: " + type);
  }
}
