package batchnorm.spark.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import batchnorm.spark.columns.ColumnKind;
import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.ExactLong;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SavedSums;
import batchnorm.spark.moments.Tables;
import batchnorm.spark.normalize.HandleInvalid;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.vectorized.ConstantColumnVector;
import org.apache.spark.sql.execution.vectorized.Dictionary;
import org.apache.spark.sql.execution.vectorized.OffHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.sql.vectorized.ColumnarMap;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Columns of every type and in every encoding give the exact sums of their values. */
class NumberColumnsTest {
  private static final int BATCHES = 5;
  private static final int ROWS = 4500;
  private static final long NANOS = 1_700_000_000_000_000_000L;

  /** The values of the rows of all batches, null among them, and the sums that they have. */
  private static final class Column {
    final DataType type;
    final Object[] values = new Object[BATCHES * ROWS];
    final List<Object> distinct;
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    long notANumber;
    long infinite;
    boolean integers;

    Column(DataType type, IntFunction<Object> values) {
      this.type = type;
      Arrays.setAll(this.values, values);
      distinct = Arrays.stream(this.values).filter(Objects::nonNull).distinct().toList();
      for (Object value : this.values) {
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
          integers |= value instanceof Long whole && !ExactLong.isDouble(whole);
        }
      }
    }

    Object value(int batch, int row) {
      return values[batch * ROWS + row];
    }
  }

  private static final List<Arguments> COLUMNS = columns().toList();

  private static Stream<Arguments> columns() {
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
  @FieldSource("COLUMNS")
  void plainVectorsAreExact(String name, Column column) {
    assertExact(column, batch -> plain(new OnHeapColumnVector(ROWS, column.type), column, batch));
    assertExact(column, batch -> plain(new OffHeapColumnVector(ROWS, column.type), column, batch));
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("COLUMNS")
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
  @FieldSource("COLUMNS")
  void constantsAreExact(String name, Column column) {
    Column same = new Column(column.type, i -> column.values[i / ROWS * ROWS]);
    assertExact(same, batch -> constant(same, batch));
  }

  /** Every second batch is plain, as where a dictionary has grown too large for its file. */
  @ParameterizedTest(name = "{0}")
  @FieldSource("COLUMNS")
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
    List<Object> values = column.distinct;
    assertTrue(values.size() > DictionaryCounts.MAX_IDS);
    assertExact(
        column, batch -> encoded(new OnHeapColumnVector(ROWS, column.type), column, batch, values));
  }

  /** Columns with and without null, in every class of vector, from any row on. */
  @ParameterizedTest(name = "{0}")
  @FieldSource("COLUMNS")
  void valuesAreReadFromAnyRow(String name, Column column) {
    assertRead(column, plain(new OnHeapColumnVector(ROWS, column.type), column, 0));
    assertRead(column, plain(new OffHeapColumnVector(ROWS, column.type), column, 0));
    assertRead(column, new Foreign(plain(new OnHeapColumnVector(ROWS, column.type), column, 0)));
    if (column.type != DataTypes.BooleanType) {
      assertRead(column, encoded(new OnHeapColumnVector(ROWS, column.type), column, 0));
    }
  }

  /** Every type that Parquet has dictionaries of, and constants; plain values are not counted. */
  @ParameterizedTest(name = "{0}")
  @FieldSource("COLUMNS")
  void idsOfDictionariesAreCounted(String name, Column column) {
    // Decimals of more than 18 digits are stored as bytes.
    boolean hasIds = column.type != DataTypes.BooleanType && !name.equals("decimals of 20 digits");
    // More are not counted, depending on the type.
    boolean areFew = column.distinct.size() < 1000;
    try (ColumnVector plain = plain(new OnHeapColumnVector(ROWS, column.type), column, 0);
        ColumnVector constant = constant(column, 0)) {
      assertEquals(0, counted(plain));
      assertEquals(ROWS, counted(constant));
    }
    if (hasIds && areFew) {
      try (ColumnVector ids = encoded(new OnHeapColumnVector(ROWS, column.type), column, 0)) {
        assertEquals(ROWS, counted(ids));
      }
    }
  }

  private static int counted(ColumnVector vector) {
    DatasetMoments moments = DatasetMoments.empty();
    DictionaryCounts counts = new DictionaryCounts(moments, 1, 0, DictionaryCounts.MAX_IDS);
    return new NumberColumns(new ColumnVector[] {vector}).count(0, ROWS, counts);
  }

  /** Batches of groups, one of them empty, whose key and features are in any order. */
  @ParameterizedTest
  @CsvSource({"false, KEEP", "true, KEEP", "false, SKIP", "true, SKIP"})
  void batchesGiveTheSumsOfEachGroup(boolean weighted, HandleInvalid handleInvalid) {
    Column keys = new Column(DataTypes.IntegerType, i -> i / 3 % 11 == 0 ? null : i / 3 % 11);
    Column doubles =
        new Column(DataTypes.DoubleType, i -> i % 50 == 7 ? (Object) Double.NaN : 1.0 / (i % 99));
    // Longs beyond 2^53 in some of the blocks.
    Column longs =
        new Column(
            DataTypes.LongType,
            i -> i % 60 == 3 ? null : i / 1000 % 2 == 0 ? (Object) (long) i : NANOS + i % 1000);
    List<Column> stored = List.of(doubles, keys, WEIGHTS, longs);
    List<ColumnarBatch> batches = new ArrayList<>();
    for (int batch = 0; batch < 3; batch++) {
      int number = batch;
      ColumnVector[] vectors =
          stored.stream()
              .map(column -> plain(new OnHeapColumnVector(ROWS, column.type), column, number))
              .toArray(ColumnVector[]::new);
      batches.add(new ColumnarBatch(vectors, ROWS));
      batches.add(new ColumnarBatch(vectors, 0));
    }
    int[] ordinals = weighted ? new int[] {3, 0, 2, 1} : new int[] {3, 0, 1};
    StructType types = new StructType().add("k", DataTypes.IntegerType);
    BatchedNumbers reader =
        new BatchedNumbers(
            batches.iterator(), new RowLayout(ColumnKind.NUMBER, 2, weighted), ordinals, types);
    GroupCollector collector = new GroupCollector(0, handleInvalid, Long.MAX_VALUE);
    while (reader.hasNext()) {
      reader.readNext(collector);
    }
    Map<Object, RowCollector> expected = new HashMap<>();
    for (int i = 0; i < 3 * ROWS; i++) {
      double weight = weighted ? rounded(WEIGHTS.values[i]) : 1;
      RowCollector rows =
          expected.computeIfAbsent(
              String.valueOf(keys.values[i]), key -> new RowCollector(0, handleInvalid));
      if (rows.startDense(2, weight)) {
        if (longs.values[i] instanceof Long whole) {
          rows.set(0, (long) whole);
        } else {
          rows.set(0, Double.NaN);
        }
        rows.set(1, rounded(doubles.values[i]));
        rows.endDense();
      }
    }
    Map<Object, Moments> found = new HashMap<>();
    for (Optional<Row> record = collector.drain(); record.isPresent(); record = collector.drain()) {
      Object key = GroupKey.row(Records.key(record.get()), types).get(0);
      found
          .computeIfAbsent(String.valueOf(key), one -> Moments.empty())
          .mergePacked(Records.value(record.get()));
    }
    assertEquals(11, found.size());
    expected.forEach(
        (key, rows) ->
            assertEquals(
                Tables.known(rows.collected().moments()),
                Tables.known(found.get(key)),
                () -> key + ""));
    batches.forEach(ColumnarBatch::close);
  }

  private static void assertRead(Column column, ColumnVector vector) {
    ColumnVector[] both = {vector, vector};
    NumberColumns columns = new NumberColumns(both);
    boolean integer =
        List.of("bigint", "int", "smallint", "tinyint", "boolean")
            .contains(column.type.simpleString());
    boolean finite = true;
    for (int[] range : new int[][] {{0, 20}, {17, 100}, {ROWS - 3, 3}, {5, 0}}) {
      int from = range[0];
      int count = range[1];
      double[] values = new double[count];
      double[] doubles = new double[count];
      double[] weights = new double[count];
      long[] rests = new long[count];
      long[] integers = new long[count];
      columns.read(0, from, count, values);
      columns.readWeights(from, count, weights);
      boolean any = columns.read(0, from, count, doubles, rests);
      int found = columns.readIntegers(0, from, count, integers);
      int nulls = 0;
      boolean expectedAny = false;
      for (int i = 0; i < count; i++) {
        Object value = column.value(0, from + i);
        assertEquals(rounded(value), values[i], "row " + (from + i));
        assertEquals(rounded(value), weights[i]);
        nulls += value == null ? 1 : 0;
        if (value instanceof Long whole) {
          expectedAny |= !ExactLong.isDouble(whole);
          long rest = any ? rests[i] : 0;
          assertEquals(
              whole, rest == 0 ? (long) doubles[i] : ExactLong.of(doubles[i], rest), "both parts");
        } else {
          assertEquals(rounded(value), doubles[i]);
        }
        if (integer && value != null) {
          assertEquals(exact(value), integers[i - nulls]);
        }
      }
      assertTrue(any || !expectedAny, "longs beyond 2^53");
      assertTrue(!any || column.type == DataTypes.LongType);
      assertEquals(integer ? count - nulls : -1, found);
    }
    int scratch = 64;
    for (int rows : new int[] {1, scratch, scratch + 1, 4 * scratch}) {
      for (int i = 0; i < rows; i++) {
        finite &= Double.isFinite(rounded(column.value(0, i)));
      }
      // A null anywhere in the batch may be taken for one of these rows.
      boolean found = columns.areFinite(0, rows, new double[scratch]);
      assertEquals(finite && !vector.hasNull(), found, rows + " rows");
    }
    vector.close();
  }

  private static long exact(Object value) {
    return value instanceof Long whole ? whole : (long) rounded(value);
  }

  /** A vector of another project, which fails where a null is read as a value. */
  private static final class Foreign extends ColumnVector {
    private final ColumnVector vector;

    Foreign(ColumnVector vector) {
      super(vector.dataType());
      this.vector = vector;
    }

    private ColumnVector at(int row) {
      assertFalse(vector.isNullAt(row), "a null is read");
      return vector;
    }

    @Override
    public void close() {
      vector.close();
    }

    @Override
    public boolean hasNull() {
      return vector.hasNull();
    }

    @Override
    public int numNulls() {
      return vector.numNulls();
    }

    @Override
    public boolean isNullAt(int row) {
      return vector.isNullAt(row);
    }

    @Override
    public boolean getBoolean(int row) {
      return at(row).getBoolean(row);
    }

    @Override
    public byte getByte(int row) {
      return at(row).getByte(row);
    }

    @Override
    public short getShort(int row) {
      return at(row).getShort(row);
    }

    @Override
    public int getInt(int row) {
      return at(row).getInt(row);
    }

    @Override
    public long getLong(int row) {
      return at(row).getLong(row);
    }

    @Override
    public float getFloat(int row) {
      return at(row).getFloat(row);
    }

    @Override
    public double getDouble(int row) {
      return at(row).getDouble(row);
    }

    @Override
    public Decimal getDecimal(int row, int precision, int scale) {
      return at(row).getDecimal(row, precision, scale);
    }

    @Override
    public UTF8String getUTF8String(int row) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] getBinary(int row) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ColumnarArray getArray(int row) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ColumnarMap getMap(int row) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ColumnVector getChild(int ordinal) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Column WEIGHTS =
      new Column(
          DataTypes.DoubleType,
          i -> {
            if (i < ROWS) {
              return i % 3 == 0 ? 0.5 : i % 3 == 1 ? 1.0 : 3.0;
            }
            // Of the second batch, all rows that count have weight 1.
            return i < 2 * ROWS ? (Object) 1.0 : i % 9 == 0 ? null : (i % 5 - 1.0);
          });

  /** Three batches of doubles and longs with weights, some of which are 0, null or negative. */
  @ParameterizedTest
  @EnumSource(HandleInvalid.class)
  void weightedColumnsGiveTheSumsOfTheirRows(HandleInvalid handleInvalid) {
    Column doubles =
        new Column(DataTypes.DoubleType, i -> i % 50 == 7 ? (Object) Double.NaN : 1.0 / (i % 99));
    Column longs = new Column(DataTypes.LongType, i -> i % 60 == 3 ? null : NANOS + i % 1000);
    RowCollector collector = new RowCollector(0, handleInvalid);
    RowCollector expected = new RowCollector(0, handleInvalid);
    for (int batch = 0; batch < 3; batch++) {
      try (ColumnVector a = plain(new OnHeapColumnVector(ROWS, doubles.type), doubles, batch);
          ColumnVector b = plain(new OnHeapColumnVector(ROWS, longs.type), longs, batch);
          ColumnVector w = plain(new OnHeapColumnVector(ROWS, WEIGHTS.type), WEIGHTS, batch)) {
        collector.columns(2, true).add(new NumberColumns(new ColumnVector[] {a, b, w}), ROWS);
      }
      for (int row = 0; row < ROWS; row++) {
        if (expected.startDense(2, rounded(WEIGHTS.value(batch, row)))) {
          expected.set(0, rounded(doubles.value(batch, row)));
          if (longs.value(batch, row) instanceof Long whole) {
            expected.set(1, (long) whole);
          } else {
            expected.set(1, Double.NaN);
          }
          expected.endDense();
        }
      }
    }
    DatasetMoments found = collector.collected();
    assertEquals(expected.collected().invalidWeights(), found.invalidWeights());
    assertTrue(found.invalidWeights() > 0);
    assertEquals(Tables.known(expected.collected().moments()), Tables.known(found.moments()));
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
    found.sizeToIfUnknown(1);
    SavedSums sums = found.feature(0);
    assertEquals(0, column.sum.compareTo(exact(sums.sum())), "the sum");
    assertEquals(0, column.squares.compareTo(exact(sums.squares())), "the sum of squares");
    assertEquals(column.integers, sums.integers());
    assertEquals(skips ? 0 : column.notANumber, sums.notANumber());
    assertEquals(skips ? 0 : column.infinite, sums.infinite());
    assertEquals(BATCHES * ROWS - (skips ? column.notANumber + column.infinite : 0), found.rows());
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
    List<Object> distinct = new ArrayList<>(column.distinct);
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
