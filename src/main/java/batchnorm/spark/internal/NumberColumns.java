package batchnorm.spark.internal;

import batchnorm.spark.moments.ColumnCollector;
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

  private static void read(ColumnVector column, int from, int count, double[] into) {
    DataType type = column.dataType();
    if (type instanceof DoubleType) {
      System.arraycopy(column.getDoubles(from, count), 0, into, 0, count);
    } else if (type instanceof FloatType) {
      float[] values = column.getFloats(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else if (type instanceof IntegerType) {
      int[] values = column.getInts(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else if (type instanceof LongType) {
      long[] values = column.getLongs(from, count);
      for (int i = 0; i < count; i++) {
        into[i] = values[i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        into[i] = column.isNullAt(from + i) ? Double.NaN : number(column, type, from + i);
      }
      return;
    }
    if (column.hasNull()) {
      for (int i = 0; i < count; i++) {
        if (column.isNullAt(from + i)) {
          into[i] = Double.NaN;
        }
      }
    }
  }

  private static double number(ColumnVector column, DataType type, int row) {
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
