package batchnorm.spark.fit;

import batchnorm.spark.moments.ExactLong;
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
 * The numeric columns of a batch, as doubles: each value as a cast to double makes it, but for
 * longs beyond 2^53, which come in two parts; null as NaN. Encodings (dictionaries, constants,
 * runs) are the vectors' own business.
 */
final class NumberColumns implements ColumnCollector.Columns {
  /** Integers of so many bits, and a sign, are doubles. */
  private static final int EXACT_BITS = 53;

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
  public boolean read(int j, int from, int count, double[] into, long[] rests) {
    return read(columns[j], from, count, into, rests);
  }

  @Override
  public void readWeights(int from, int count, double[] into) {
    read(columns[columns.length - 1], from, count, into);
  }

  /** The same, where longs beyond 2^53 are in two parts; returns whether there are some. */
  static boolean read(ColumnVector column, int from, int count, double[] into, long[] rests) {
    if (!(column.dataType() instanceof LongType)) {
      read(column, from, count, into);
      return false;
    }
    boolean hasNull = column.hasNull();
    if (isOneByOne(column, column.dataType(), hasNull)) {
      boolean any = false;
      for (int i = 0; i < count; i++) {
        boolean isNull = column.isNullAt(from + i);
        any |= split(isNull ? 0 : column.getLong(from + i), i, into, rests);
        into[i] = isNull ? Double.NaN : into[i];
      }
      return any;
    }
    long[] values = column.getLongs(from, count);
    long bits = 0;
    for (int i = 0; i < count; i++) {
      long value = values[i];
      into[i] = value;
      bits |= value ^ value >> (Long.SIZE - 1);
    }
    // What null hides may be any number, which is looked at again.
    boolean any = false;
    for (int i = 0; bits >>> EXACT_BITS != 0 && i < count; i++) {
      boolean isNull = hasNull && column.isNullAt(from + i);
      any |= split(isNull ? 0 : values[i], i, into, rests);
    }
    if (hasNull) {
      setNulls(column, from, count, into);
    }
    return any;
  }

  private static boolean split(long value, int i, double[] into, long[] rests) {
    into[i] = ExactLong.high(value);
    rests[i] = ExactLong.rest(value);
    return rests[i] != 0;
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
      setNulls(column, from, count, into);
    }
  }

  private static void setNulls(ColumnVector column, int from, int count, double[] into) {
    for (int i = 0; i < count; i++) {
      if (column.isNullAt(from + i)) {
        into[i] = Double.NaN;
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
