package batchnorm.spark.fit;

import batchnorm.spark.moments.Doubles;
import batchnorm.spark.moments.ExactLong;
import java.math.BigDecimal;
import java.util.Arrays;
import org.apache.spark.sql.execution.vectorized.ConstantColumnVector;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Numeric columns of a batch, read as integers or as doubles. Values are converted as by a cast to
 * double, except for longs beyond 2^53, which are read in two parts. Null is NaN in doubles and 0
 * in integers. Vectors with dictionaries are decoded unless their ids are counted.
 */
final class NumberColumns implements ColumnCollector.Columns {
  /** Number of bits, without the sign, up to which every integer is a double. */
  private static final int EXACT_BITS = 53;

  /** Powers of ten that doubles represent exactly. */
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18
  };

  private final ColumnVector[] columns;

  /** Returns the columns of the features, followed by a weight column if rows have weights. */
  NumberColumns(ColumnVector[] columns) {
    this.columns = columns;
  }

  /** Returns the columns of {@code batch} with these ordinals, in this order. */
  static ColumnVector[] selected(ColumnarBatch batch, int[] ordinals) {
    return Arrays.stream(ordinals).mapToObj(batch::column).toArray(ColumnVector[]::new);
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

  @Override
  public int count(int j, int rows, DictionaryCounts counts) {
    ColumnVector column = columns[j];
    if (column instanceof ConstantColumnVector) {
      counts.addConstant(column, rows);
      return rows;
    }
    return column instanceof WritableColumnVector written && written.hasDictionary()
        ? counts.add(written, rows)
        : 0;
  }

  @Override
  public int readIntegers(int j, int from, int count, long[] into) {
    ColumnVector column = columns[j];
    if (!isInteger(column.dataType())) {
      return -1;
    }
    copyIntegers(column, from, count, into);
    if (!column.hasNull()) {
      return count;
    }
    int values = 0;
    for (int i = 0; i < count; i++) {
      into[values] = into[i];
      values += column.isNullAt(from + i) ? 0 : 1;
    }
    return values;
  }

  @Override
  public boolean areFinite(int j, int rows, double[] scratch) {
    ColumnVector column = columns[j];
    boolean fractions =
        column.dataType() instanceof DoubleType || column.dataType() instanceof FloatType;
    boolean are = !column.hasNull();
    for (int from = 0; are && fractions && from < rows; from += scratch.length) {
      int count = Math.min(scratch.length, rows - from);
      read(column, from, count, scratch);
      are = Doubles.allFinite(scratch, 0, count);
    }
    return are;
  }

  /** Copies rows with longs beyond 2^53 in two parts; returns whether there are such longs. */
  static boolean read(ColumnVector column, int from, int count, double[] into, long[] rests) {
    if (!(column.dataType() instanceof LongType)) {
      read(column, from, count, into);
      return false;
    }
    copyIntegers(column, from, count, rests);
    for (int i = 0; column.hasNull() && i < count; i++) {
      rests[i] = column.isNullAt(from + i) ? 0 : rests[i];
    }
    long bits = 0;
    for (int i = 0; i < count; i++) {
      into[i] = rests[i];
      bits |= rests[i] ^ rests[i] >> (Long.SIZE - 1);
    }
    boolean any = bits >>> EXACT_BITS != 0;
    for (int i = 0; any && i < count; i++) {
      into[i] = ExactLong.high(rests[i]);
      rests[i] = ExactLong.rest(rests[i]);
    }
    setNulls(column, from, count, into);
    return any;
  }

  /** Copies {@code count} rows of {@code column}, starting at {@code from}; null becomes NaN. */
  static void read(ColumnVector column, int from, int count, double[] into) {
    DataType type = column.dataType();
    if (!readsNulls(column)) {
      for (int i = 0; i < count; i++) {
        into[i] = column.isNullAt(from + i) ? Double.NaN : number(column, type, from + i);
      }
      return;
    }
    if (type instanceof DoubleType) {
      readDoubles(column, from, count, into);
    } else if (type instanceof FloatType) {
      readFloats(column, from, count, into);
    } else if (type instanceof DecimalType decimal) {
      readDecimals(column, decimal, from, count, into);
    } else if (isInteger(type)) {
      long[] values = new long[count];
      copyIntegers(column, from, count, values);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else {
      throw new IllegalStateException("not a numeric type: " + type);
    }
    setNulls(column, from, count, into);
  }

  private static void setNulls(ColumnVector column, int from, int count, double[] into) {
    if (!column.hasNull()) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (column.isNullAt(from + i)) {
        into[i] = Double.NaN;
      }
    }
  }

  /** Returns whether null can be read like a value; some Arrow vectors throw an error. */
  private static boolean readsNulls(ColumnVector column) {
    return column instanceof WritableColumnVector || !column.hasNull();
  }

  private static void readDoubles(ColumnVector column, int from, int count, double[] into) {
    if (column instanceof OnHeapColumnVector plain && !plain.hasDictionary()) {
      // The loop compiles to a memory copy, without the array that getDoubles allocates.
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

  /** Reads decimals of up to 18 digits as their vectors store them: as unscaled integers. */
  private static void readDecimals(
      ColumnVector column, DecimalType type, int from, int count, double[] into) {
    if (!(column instanceof WritableColumnVector) || type.precision() > Decimal.MAX_LONG_DIGITS()) {
      for (int i = 0; i < count; i++) {
        into[i] = column.isNullAt(from + i) ? Double.NaN : number(column, type, from + i);
      }
    } else if (type.precision() <= Decimal.MAX_INT_DIGITS()) {
      int[] values = column.getInts(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = number(values[i], type);
      }
    } else {
      long[] values = column.getLongs(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = number(values[i], type);
      }
    }
  }

  /** Returns {@code unscaled / 10^scale}, rounded once, as a cast to double does. */
  static double number(long unscaled, DecimalType type) {
    int scale = type.scale();
    return scale >= 0 && ExactLong.isDouble(unscaled)
        ? unscaled / POWERS_OF_TEN[scale]
        : BigDecimal.valueOf(unscaled, scale).doubleValue();
  }

  private static boolean isInteger(DataType type) {
    return type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType
        || type instanceof BooleanType;
  }

  /** Copies integers; null becomes some integer. */
  private static void copyIntegers(ColumnVector column, int from, int count, long[] into) {
    DataType type = column.dataType();
    if (!readsNulls(column)) {
      for (int i = 0; i < count; i++) {
        into[i] = column.isNullAt(from + i) ? 0 : integer(column, type, from + i);
      }
    } else if (type instanceof LongType) {
      System.arraycopy(column.getLongs(from, count), 0, into, 0, count);
    } else if (type instanceof IntegerType) {
      int[] values = column.getInts(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else if (type instanceof ShortType) {
      short[] values = column.getShorts(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else if (type instanceof ByteType) {
      byte[] values = column.getBytes(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else {
      boolean[] values = column.getBooleans(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i] ? 1 : 0;
      }
    }
  }

  private static long integer(ColumnVector column, DataType type, int row) {
    if (type instanceof LongType) {
      return column.getLong(row);
    }
    if (type instanceof IntegerType) {
      return column.getInt(row);
    }
    if (type instanceof ShortType) {
      return column.getShort(row);
    }
    if (type instanceof ByteType) {
      return column.getByte(row);
    }
    return column.getBoolean(row) ? 1 : 0;
  }

  /** Returns a value as a cast to double does. */
  static double number(ColumnVector column, DataType type, int row) {
    if (type instanceof DoubleType) {
      return column.getDouble(row);
    }
    if (type instanceof FloatType) {
      return column.getFloat(row);
    }
    if (type instanceof DecimalType decimal) {
      return column.getDecimal(row, decimal.precision(), decimal.scale()).toDouble();
    }
    if (isInteger(type)) {
      return integer(column, type, row);
    }
    throw new IllegalStateException("not a numeric type: " + type);
  }
}
