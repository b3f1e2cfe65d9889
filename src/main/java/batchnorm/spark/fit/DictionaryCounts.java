package batchnorm.spark.fit;

import java.util.Arrays;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
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
 * Counts of the distinct values of a feature whose vectors have a dictionary. When the dictionary
 * changes or the partition ends, each value is added to the exact sums once, times its count.
 *
 * <p>A vector does not tell whether it has the same dictionary as the previous vector. Therefore
 * one row of each id is compared with the value known for that id. If a value differs, the counts
 * are added to the sums and counting restarts.
 *
 * <p>Counts of many ids do not fit in a core's cache. After an id beyond the maximum, the feature's
 * values are no longer counted.
 */
public final class DictionaryCounts {
  /** Maximum number of ids: counting more takes longer than adding the decoded values. */
  static final int MAX_IDS = 1 << 11;

  /** Maximum number of ids of integers, which are added faster than fractions. */
  private static final int MAX_INTEGERS = 1 << 10;

  static final long BYTES_AN_ID = Long.BYTES + 3 * Integer.BYTES + 1;

  /** Number of rows that are counted before their values are compared. */
  static final int ROWS = 4096;

  private static final int LEAST_IDS = 64;

  /** Maximum number of rows between flushes, so that counts do not overflow. */
  private static final long MOST_ROWS = Integer.MAX_VALUE - ROWS;

  private static final int NO_ROW = -1;

  private final DatasetMoments collected;
  private final int features;
  private final int feature;

  private int maxIds;

  /** Value of each id, in the bits of its vector. */
  private long[] values = {};

  /** True for ids whose value is known, since some row had them. */
  private boolean[] known = {};

  /**
   * Numbers of even and of odd rows of each id: two successive additions to one word would wait.
   */
  private int[] counts = {};

  /** Last row of each id among the current rows. */
  private int[] lastRows = {};

  private long counted;

  /** Number of nulls among the current rows. */
  private int missing;

  private DataType type;
  private Stored stored;

  /** Type of a vector's numbers; equal bits are equal values. */
  private enum Stored {
    DOUBLE,
    FLOAT,
    LONG,
    INT,
    SHORT,
    BYTE;

    boolean areFractions() {
      return this == DOUBLE || this == FLOAT;
    }

    /** Returns the numbers stored by vectors of {@code type}; null if they have no fixed size. */
    static Stored of(DataType type) {
      if (type instanceof DoubleType) {
        return DOUBLE;
      }
      if (type instanceof FloatType) {
        return FLOAT;
      }
      if (type instanceof IntegerType
          || type instanceof DecimalType && DecimalType.is32BitDecimalType(type)) {
        return INT;
      }
      if (type instanceof LongType
          || type instanceof DecimalType && DecimalType.is64BitDecimalType(type)) {
        return LONG;
      }
      return type instanceof ShortType ? SHORT : type instanceof ByteType ? BYTE : null;
    }

    long bits(WritableColumnVector vector, int row) {
      // A switch takes half as long again in a loop over rows.
      if (this == DOUBLE) {
        return Double.doubleToRawLongBits(vector.getDouble(row));
      }
      if (this == FLOAT) {
        return Float.floatToRawIntBits(vector.getFloat(row));
      }
      if (this == LONG) {
        return vector.getLong(row);
      }
      if (this == INT) {
        return vector.getInt(row);
      }
      return this == SHORT ? vector.getShort(row) : vector.getByte(row);
    }
  }

  /**
   * Returns empty counts.
   *
   * @param collected the moments to which the counted values are added
   * @param maxIds the greatest number of ids that are counted
   */
  DictionaryCounts(DatasetMoments collected, int features, int feature, int maxIds) {
    this.collected = collected;
    this.features = features;
    this.feature = feature;
    this.maxIds = maxIds;
  }

  /** Adds the value of a constant vector. */
  void addConstant(ColumnVector vector, int rows) {
    if (vector.isNullAt(0)) {
      addMissing(rows);
    } else if (vector.dataType() instanceof LongType) {
      collected.moments().addRepeatedLong(features, feature, vector.getLong(0), rows);
    } else {
      add(NumberColumns.number(vector, vector.dataType(), 0), rows);
    }
  }

  /**
   * Counts the first rows of {@code vector}.
   *
   * @return the number of counted rows: {@code rows}, or those before an id beyond the maximum
   */
  int add(WritableColumnVector vector, int rows) {
    type = vector.dataType();
    stored = Stored.of(type);
    if (maxIds == 0 || stored == null) {
      return 0;
    }
    WritableColumnVector ids = vector.getDictionaryIds();
    if (values.length == 0 && !hasPlace(greatestId(vector, ids, rows))) {
      stop();
      return 0;
    }
    int row = 0;
    while (row < rows) {
      int end = count(vector, ids, row, Math.min(row + ROWS, rows));
      if (!store(vector)) {
        uncount(vector, ids, row, end);
        flush();
        continue;
      }
      addMissing(missing);
      counted += end - row - missing;
      if (counted > MOST_ROWS) {
        flush();
      }
      row = end;
      if (row < rows && !vector.isNullAt(row) && !hasPlace(ids.getDictId(row))) {
        stop();
        break;
      }
    }
    return row;
  }

  /** Returns the greatest id of the rows; -1 if all are null. */
  private static int greatestId(WritableColumnVector vector, WritableColumnVector ids, int rows) {
    int greatest = -1;
    for (int row = 0; row < rows; row++) {
      if (!vector.isNullAt(row)) {
        greatest = Math.max(greatest, ids.getDictId(row));
      }
    }
    return greatest;
  }

  /**
   * Counts rows up to {@code to}, or up to an id beyond the arrays. Sets the last row of each id
   * and the number of nulls.
   */
  private int count(WritableColumnVector vector, WritableColumnVector ids, int from, int to) {
    int places = values.length;
    int[] rows = counts;
    int[] last = lastRows;
    boolean hasNull = vector.hasNull();
    int nulls = 0;
    int row = from;
    for (; row < to; row++) {
      if (hasNull && vector.isNullAt(row)) {
        nulls++;
        continue;
      }
      int id = ids.getDictId(row);
      if (id >= places) {
        break;
      }
      rows[count(id, row)]++;
      last[id] = row;
    }
    missing = nulls;
    return row;
  }

  /** Stores the values of new ids; returns false if the value of an id has changed. */
  private boolean store(WritableColumnVector vector) {
    boolean same = true;
    for (int id = 0; id < values.length; id++) {
      if (lastRows[id] != NO_ROW) {
        same &= store(id, stored.bits(vector, lastRows[id]));
        lastRows[id] = NO_ROW;
      }
    }
    return same;
  }

  private boolean store(int id, long value) {
    if (!known[id]) {
      known[id] = true;
      values[id] = value;
    }
    return values[id] == value;
  }

  private static int count(int id, int row) {
    return 2 * id + (row & 1);
  }

  private void uncount(WritableColumnVector vector, WritableColumnVector ids, int from, int to) {
    for (int row = from; row < to; row++) {
      if (!vector.isNullAt(row)) {
        counts[count(ids.getDictId(row), row)]--;
      }
    }
  }

  private void addMissing(int rows) {
    add(Double.NaN, rows);
  }

  /**
   * Stops counting for this partition, for instance for random numbers: Parquet starts a dictionary
   * for them, too.
   */
  private void stop() {
    flush();
    maxIds = 0;
    values = new long[0];
    known = new boolean[0];
    counts = new int[0];
    lastRows = new int[0];
  }

  private int mostIds() {
    // Decoding a decimal takes a division, too.
    return stored.areFractions() || type instanceof DecimalType
        ? maxIds
        : Math.min(maxIds, MAX_INTEGERS);
  }

  private boolean hasPlace(int id) {
    if (id >= mostIds()) {
      return false;
    }
    if (id >= values.length) {
      int had = values.length;
      int room = Math.min(mostIds(), Math.max(LEAST_IDS, 2 * Integer.highestOneBit(id)));
      values = Arrays.copyOf(values, room);
      known = Arrays.copyOf(known, room);
      counts = Arrays.copyOf(counts, 2 * room);
      lastRows = Arrays.copyOf(lastRows, room);
      Arrays.fill(lastRows, had, room, NO_ROW);
    }
    return true;
  }

  /** Adds the counted values to the moments and discards the dictionary. */
  void flush() {
    for (int id = 0; id < values.length; id++) {
      long rows = (long) counts[count(id, 0)] + counts[count(id, 1)];
      if (rows > 0) {
        addStored(values[id], rows);
      }
    }
    Arrays.fill(known, false);
    Arrays.fill(counts, 0);
    counted = 0;
  }

  private void addStored(long bits, long count) {
    if (type instanceof DecimalType decimal) {
      add(NumberColumns.number(bits, decimal), count);
    } else {
      switch (stored) {
        case DOUBLE -> add(Double.longBitsToDouble(bits), count);
        case FLOAT -> add(Float.intBitsToFloat((int) bits), count);
        default -> collected.moments().addRepeatedLong(features, feature, bits, count);
      }
    }
  }

  private void add(double value, long count) {
    collected.moments().addRepeated(features, feature, value, count);
  }
}
