package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SavedSums;
import batchnorm.spark.normalize.HandleInvalid;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.execution.vectorized.ConstantColumnVector;
import org.apache.spark.sql.execution.vectorized.Dictionary;
import org.apache.spark.sql.execution.vectorized.OffHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Columns of every type and in every encoding give the exact sums of their values. */
class NumberColumnsTest {
  private static final int BATCHES = 5;
  private static final int ROWS = 4500;
  private static final long NANOS = 1_700_000_000_000_000_000L;

  /** The values of a row of a type: what a row holds, null among them. */
  private record Column(DataType type, IntFunction<Object> values) {
    Object value(int batch, int row) {
      return values.apply(batch * ROWS + row);
    }
  }

  static Stream<Arguments> columns() {
    Random random = new Random(5);
    double[] wide = random.doubles(40_000, -1e3, 1e3).toArray();
    DataType small = DataTypes.createDecimalType(8, 2);
    DataType large = DataTypes.createDecimalType(18, 5);
    DataType whole = DataTypes.createDecimalType(18, 0);
    DataType huge = DataTypes.createDecimalType(20, 3);
    return Stream.of(
        column("few doubles", DataTypes.DoubleType, i -> 0.1 * (i % 50)),
        column("doubles with nulls", DataTypes.DoubleType, i -> i % 7 == 0 ? null : 1.0 / (i % 99)),
        column("very many doubles", DataTypes.DoubleType, i -> wide[i * 31 % wide.length]),
        column("a value that is rare", DataTypes.DoubleType, i -> i == 20_001 ? 1e-300 : 1e300),
        column("both zeros", DataTypes.DoubleType, i -> i % 2 == 0 ? 0.0 : -0.0),
        column(
            "NaN and infinite values",
            DataTypes.DoubleType,
            i ->
                i % 5 == 0 ? Double.NaN : i % 5 == 1 ? Double.NEGATIVE_INFINITY : (double) (i % 5)),
        column("nothing but nulls", DataTypes.DoubleType, i -> null),
        column("floats", DataTypes.FloatType, i -> i % 11 == 0 ? null : 0.1f * (i % 300)),
        column("ints", DataTypes.IntegerType, i -> i % 13 == 0 ? null : i * 40_503),
        column("the ends of int", DataTypes.IntegerType, i -> Integer.MIN_VALUE + i % 3),
        column("longs of 31 bits", DataTypes.LongType, i -> 1_700_000_000L + i),
        column("longs of 41 bits", DataTypes.LongType, i -> 1_700_000_000_000L - 17L * i),
        column("longs beyond 2^53", DataTypes.LongType, i -> i % 4 == 0 ? null : NANOS + i % 9),
        column("the ends of long", DataTypes.LongType, i -> Long.MIN_VALUE + i % 3),
        column(
            "longs that are bits of NaN",
            DataTypes.LongType,
            i -> i % 40 == 0 ? 0x7ff8_6e6f_6e65_0001L : (Object) (long) (i % 40)),
        column("shorts", DataTypes.ShortType, i -> i % 3 == 0 ? null : (short) (i * 7)),
        column("bytes", DataTypes.ByteType, i -> (byte) i),
        column("booleans", DataTypes.BooleanType, i -> i % 3 == 0 ? null : i % 2 == 0),
        column("decimals that come once", large, i -> decimal(i * 1_000_003L, large)),
        column("decimals of 20 digits", huge, i -> decimal(i % 50 - 25L, huge)),
        column("decimals of 8 digits", small, i -> decimal(i % 900, small)),
        column("decimals of 18 digits", large, i -> decimal(i * 9_999_999_999_989L, large)),
        column(
            "decimals beyond 2^53", whole, i -> i % 6 == 0 ? null : decimal(~0L >>> 5 ^ i, whole)));
  }

  private static Arguments column(String name, DataType type, IntFunction<Object> values) {
    return arguments(name, new Column(type, values));
  }

  private static Decimal decimal(long unscaled, DataType type) {
    DecimalType decimal = (DecimalType) type;
    return Decimal.apply(unscaled, decimal.precision(), decimal.scale());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("columns")
  void plainVectorsAreExact(String name, Column column) {
    assertExact(column, batch -> plain(new OnHeapColumnVector(ROWS, column.type), column, batch));
    assertExact(column, batch -> plain(new OffHeapColumnVector(ROWS, column.type), column, batch));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("columns")
  void dictionariesAreExact(String name, Column column) {
    // Parquet has no dictionaries of booleans.
    if (column.type != DataTypes.BooleanType) {
      assertExact(
          column, batch -> encoded(new OnHeapColumnVector(ROWS, column.type), column, batch));
      assertExact(
          column, batch -> encoded(new OffHeapColumnVector(ROWS, column.type), column, batch));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("columns")
  void constantsAreExact(String name, Column column) {
    Column same = new Column(column.type, i -> column.values.apply(i / ROWS * ROWS));
    assertExact(same, batch -> constant(same, batch));
  }

  /** Every second batch is plain, as where a dictionary has grown too large for its file. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("columns")
  void dictionariesThatEndAreExact(String name, Column column) {
    if (column.type == DataTypes.DoubleType || column.type == DataTypes.LongType) {
      assertExact(
          column,
          batch -> {
            WritableColumnVector vector = new OnHeapColumnVector(ROWS, column.type);
            return batch % 2 == 0 ? encoded(vector, column, batch) : plain(vector, column, batch);
          });
    }
  }

  /** Columns whose batches have more distinct values, and a greater dictionary, one by one. */
  static Stream<Arguments> growing() {
    DataType cents = DataTypes.createDecimalType(8, 2);
    return Stream.of(
        growing("doubles", DataTypes.DoubleType, i -> 0.1 * i),
        growing("floats", DataTypes.FloatType, i -> 0.1f * i),
        growing("ints", DataTypes.IntegerType, i -> i * 40_503),
        growing("longs beyond 2^53", DataTypes.LongType, i -> NANOS + i),
        growing("shorts", DataTypes.ShortType, i -> (short) (i - 1000)),
        growing("decimals", cents, i -> decimal(i * 7L, cents)));
  }

  private static Arguments growing(String name, DataType type, IntFunction<Object> values) {
    return column(
        name,
        type,
        i ->
            i % 19 == 0 || i / ROWS == 1 && i % 3 == 0
                ? null
                : values.apply(i * 31 % (100 + i / 5)));
  }

  /** Ids are those of the values in order of their first row, as a writer gives them. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("growing")
  void dictionariesThatOutgrowTheCountsAreExact(String name, Column column) {
    List<Object> values =
        IntStream.range(0, BATCHES * ROWS)
            .mapToObj(column.values)
            .filter(value -> value != null)
            .distinct()
            .toList();
    assertTrue(values.size() > DictionaryCounts.MAX_IDS);
    assertExact(
        column, batch -> encoded(new OnHeapColumnVector(ROWS, column.type), column, batch, values));
  }

  private static void assertExact(Column column, IntFunction<ColumnVector> vectors) {
    for (HandleInvalid handleInvalid : List.of(HandleInvalid.KEEP, HandleInvalid.SKIP)) {
      RowCollector collector = new RowCollector(0, handleInvalid);
      for (int batch = 0; batch < BATCHES; batch++) {
        try (ColumnVector vector = vectors.apply(batch)) {
          collector.columns(1, false).add(new NumberColumns(new ColumnVector[] {vector}), ROWS);
        }
      }
      assertExact(column, collector.collected().moments(), handleInvalid == HandleInvalid.SKIP);
    }
  }

  private static void assertExact(Column column, Moments found, boolean skips) {
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    long notANumber = 0;
    long infinite = 0;
    boolean integers = false;
    for (int i = 0; i < BATCHES * ROWS; i++) {
      Object value = column.values.apply(i);
      double rounded = rounded(value);
      if (Double.isNaN(rounded)) {
        notANumber++;
      } else if (Double.isInfinite(rounded)) {
        infinite++;
      } else {
        BigDecimal exact =
            value instanceof Long whole ? new BigDecimal(whole) : new BigDecimal(rounded);
        sum = sum.add(exact);
        squares = squares.add(exact.multiply(exact));
        integers |= value instanceof Long whole && (whole > 1L << 53 || whole < -(1L << 53));
      }
    }
    found.sizeToIfUnknown(1);
    SavedSums sums = found.feature(0);
    assertEquals(0, sum.compareTo(exact(sums.sum())), "the sum");
    assertEquals(0, squares.compareTo(exact(sums.squares())), "the sum of squares");
    assertEquals(integers, sums.integers());
    assertEquals(skips ? 0 : notANumber, sums.notANumber());
    assertEquals(skips ? 0 : infinite, sums.infinite());
    assertEquals(BATCHES * ROWS - (skips ? notANumber + infinite : 0), found.rows());
  }

  private static double rounded(Object value) {
    if (value == null) {
      return Double.NaN;
    }
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    return value instanceof Decimal decimal ? decimal.toDouble() : ((Number) value).doubleValue();
  }

  private static BigDecimal exact(Dyadic sum) {
    BigDecimal power = BigDecimal.valueOf(2).pow(Math.abs(sum.exponent()));
    BigDecimal significand = new BigDecimal(sum.significand());
    return sum.exponent() < 0 ? significand.divide(power) : significand.multiply(power);
  }

  // ---- vectors

  private static ColumnVector plain(WritableColumnVector vector, Column column, int batch) {
    for (int row = 0; row < ROWS; row++) {
      Object value = column.value(batch, row);
      if (value == null) {
        vector.putNull(row);
      } else if (value instanceof Double number) {
        vector.putDouble(row, number);
      } else if (value instanceof Float number) {
        vector.putFloat(row, number);
      } else if (value instanceof Integer number) {
        vector.putInt(row, number);
      } else if (value instanceof Long number) {
        vector.putLong(row, number);
      } else if (value instanceof Short number) {
        vector.putShort(row, number);
      } else if (value instanceof Byte number) {
        vector.putByte(row, number);
      } else if (value instanceof Boolean flag) {
        vector.putBoolean(row, flag);
      } else {
        vector.putDecimal(row, (Decimal) value, ((DecimalType) column.type).precision());
      }
    }
    return vector;
  }

  /**
   * A vector of ids, whose dictionary has the same values in another order in every third batch.
   */
  private static ColumnVector encoded(WritableColumnVector vector, Column column, int batch) {
    List<Object> distinct = new ArrayList<>();
    IntStream.range(0, BATCHES * ROWS)
        .mapToObj(column.values)
        .filter(value -> value != null)
        .distinct()
        .forEach(distinct::add);
    Collections.shuffle(distinct, new Random(batch / 3));
    return encoded(vector, column, batch, distinct);
  }

  private static ColumnVector encoded(
      WritableColumnVector vector, Column column, int batch, List<Object> distinct) {
    Map<Object, Integer> ids = new HashMap<>();
    distinct.forEach(value -> ids.put(value, ids.size()));
    vector.setDictionary(new Values(distinct.toArray()));
    WritableColumnVector numbers = vector.reserveDictionaryIds(ROWS);
    for (int row = 0; row < ROWS; row++) {
      Object value = column.value(batch, row);
      if (value == null) {
        vector.putNull(row);
        // No id, as a reader may leave it.
        numbers.putInt(row, -1);
      } else {
        numbers.putInt(row, ids.get(value));
      }
    }
    return vector;
  }

  private record Values(Object[] values) implements Dictionary {
    @Override
    public int decodeToInt(int id) {
      return values[id] instanceof Decimal decimal
          ? (int) decimal.toUnscaledLong()
          : ((Number) values[id]).intValue();
    }

    @Override
    public long decodeToLong(int id) {
      return values[id] instanceof Decimal decimal ? decimal.toUnscaledLong() : (Long) values[id];
    }

    @Override
    public float decodeToFloat(int id) {
      return (Float) values[id];
    }

    @Override
    public double decodeToDouble(int id) {
      return (Double) values[id];
    }

    @Override
    public byte[] decodeToBinary(int id) {
      return ((Decimal) values[id]).toJavaBigDecimal().unscaledValue().toByteArray();
    }
  }

  private static ColumnVector constant(Column column, int batch) {
    ConstantColumnVector vector = new ConstantColumnVector(ROWS, column.type);
    Object value = column.value(batch, 0);
    if (value == null) {
      vector.setNull();
    } else if (value instanceof Double number) {
      vector.setDouble(number);
    } else if (value instanceof Float number) {
      vector.setFloat(number);
    } else if (value instanceof Integer number) {
      vector.setInt(number);
    } else if (value instanceof Long number) {
      vector.setLong(number);
    } else if (value instanceof Short number) {
      vector.setShort(number);
    } else if (value instanceof Byte number) {
      vector.setByte(number);
    } else if (value instanceof Boolean flag) {
      vector.setBoolean(flag);
    } else {
      vector.setDecimal((Decimal) value, ((DecimalType) column.type).precision());
    }
    return vector;
  }
}
