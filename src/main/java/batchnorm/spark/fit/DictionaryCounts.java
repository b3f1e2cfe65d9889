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
 * Counts of the distinct values of a feature whose vectors have a dictionary. A value is added to
 * the exact sums once, times its count, when the dictionary changes or the partition ends.
 *
 * <p>A vector does not tell whether its dictionary is that of the vector before. The values of its
 * rows are therefore compared with those that their ids stood for: of few ids, one row each; of
 * many, every row. Where a value differs, the counts are added to the sums, and counting starts
 * again.
 */
public final class DictionaryCounts {
  /**
   * Maximum number of ids; the counts of more leave a core's cache and cost as much as adding the
   * values.
   */
  static final int MAX_IDS = 1 << 14;

  static final long BYTES_AN_ID = Long.BYTES + 3 * Integer.BYTES;

  /** Number of rows per id from which one row of each id is compared, instead of every row. */
  private static final int ROWS_AN_ID = 4;

  /** Number of rows that are counted before their values are compared. */
  static final int ROWS = 4096;

  private static final int LEAST_IDS = 64;

  /** Number of values after which counting stops if nearly all of them are distinct. */
  private static final int ENOUGH_VALUES = 4096;

  private static final double MOST_DISTINCT = 0.95;

  /** More rows do not fit the counts. */
  private static final long MOST_ROWS = Integer.MAX_VALUE - ROWS;

  private static final int NO_ROW = -1;

  /** The value of an id that no row had yet. */
  private static final long UNKNOWN = 0x7ff8_6e6f_6e65_0001L;

  private final DatasetMoments collected;
  private final int features;
  private final int feature;

  /** The rows at hand whose value is not that of their id; shared by all features. */
  private final int[] others;

  private int maxIds;

  /** By id, the value as its vector holds it. */
  private long[] values = {};

  /**
   * By id, the numbers of its even and of its odd rows: adding to a word that was written just
   * before waits for it.
   */
  private int[] counts = {};

  /** By id, of few ids, its last row in the vector at hand. */
  private int[] lastRows = {};

  private int distinct;
  private long counted;
  private int otherCount;
  private DataType type;
  private Stored stored;

  /** The numbers that a vector holds, of which equal bits are equal values. */
  private enum Stored {
    DOUBLE,
    FLOAT,
    LONG,
    INT,
    SHORT,
    BYTE;

    /**
     * Returns the numbers that vectors of {@code type} store; null if those are no numbers of a
     * fixed size.
     */
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
      // In a loop over rows a switch takes half as long again.
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
   * Returns counts of no rows.
   *
   * @param collected the moments to which the counted values are added
   * @param maxIds the greatest number of ids that are counted
   * @param scratch memory for {@link #ROWS} rows, which other objects may overwrite between two
   *     calls
   */
  DictionaryCounts(DatasetMoments collected, int features, int feature, int maxIds, int[] scratch) {
    this.collected = collected;
    this.features = features;
    this.feature = feature;
    this.maxIds = maxIds;
    others = scratch;
  }

  /** Adds the value of a vector whose rows are all the same. */
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
   * @return the number of rows that were counted: {@code rows}, or those before an id that is not
   *     counted
   */
  int add(WritableColumnVector vector, int rows) {
    type = vector.dataType();
    stored = Stored.of(type);
    if (maxIds == 0 || stored == null) {
      return 0;
    }
    WritableColumnVector ids = vector.getDictionaryIds();
    int row = 0;
    while (row < rows) {
      int to = Math.min(row + ROWS, rows);
      boolean few = ROWS_AN_ID * values.length <= to - row;
      int end = few ? countFew(vector, ids, row, to) : countMany(vector, ids, row, to);
      if (!(few ? learnFew(vector) : learnMany(vector, ids))) {
        uncount(vector, ids, row, end);
        flush();
        continue;
      }
      int missing = missing(vector, row, end);
      addMissing(missing);
      counted += end - row - missing;
      if (counted > MOST_ROWS) {
        flush();
      }
      row = end;
      if (counted >= ENOUGH_VALUES && distinct > MOST_DISTINCT * counted) {
        stop();
        break;
      }
      if (row < rows && !vector.isNullAt(row) && !hasPlace(ids.getDictId(row))) {
        break;
      }
    }
    return row;
  }

  /** Counts rows up to {@code to}, or to an id beyond the known, and notes each id's last row. */
  private int countFew(WritableColumnVector vector, WritableColumnVector ids, int from, int to) {
    int known = values.length;
    int[] rows = counts;
    int[] last = lastRows;
    boolean hasNull = vector.hasNull();
    int row = from;
    for (; row < to; row++) {
      if (hasNull && vector.isNullAt(row)) {
        continue;
      }
      int id = ids.getDictId(row);
      if (id >= known) {
        break;
      }
      rows[count(id, row)]++;
      last[id] = row;
    }
    return row;
  }

  /** Takes in the values of new ids; returns false if some id has stood for another one. */
  private boolean learnFew(WritableColumnVector vector) {
    boolean same = true;
    for (int id = 0; id < values.length; id++) {
      if (lastRows[id] != NO_ROW) {
        same &= learn(id, stored.bits(vector, lastRows[id]));
        lastRows[id] = NO_ROW;
      }
    }
    return same;
  }

  /** Counts rows up to {@code to}, or to an id beyond the known, and collects {@link #others}. */
  private int countMany(WritableColumnVector vector, WritableColumnVector ids, int from, int to) {
    int known = values.length;
    int[] rows = counts;
    long[] learned = values;
    boolean hasNull = vector.hasNull();
    Stored kind = stored;
    int other = 0;
    int row = from;
    for (; row < to; row++) {
      if (hasNull && vector.isNullAt(row)) {
        continue;
      }
      int id = ids.getDictId(row);
      if (id >= known) {
        break;
      }
      rows[count(id, row)]++;
      // Without a branch, which would often be mispredicted.
      others[other] = row;
      other += kind.bits(vector, row) != learned[id] ? 1 : 0;
    }
    otherCount = other;
    return row;
  }

  private boolean learnMany(WritableColumnVector vector, WritableColumnVector ids) {
    boolean same = true;
    for (int i = 0; i < otherCount; i++) {
      same &= learn(ids.getDictId(others[i]), stored.bits(vector, others[i]));
    }
    return same;
  }

  private boolean learn(int id, long value) {
    if (values[id] == UNKNOWN) {
      values[id] = value;
      distinct++;
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

  private static int missing(WritableColumnVector vector, int from, int to) {
    int missing = 0;
    for (int row = from; vector.hasNull() && row < to; row++) {
      missing += vector.isNullAt(row) ? 1 : 0;
    }
    return missing;
  }

  private void addMissing(int rows) {
    add(Double.NaN, rows);
  }

  /** Stops counting, as for random numbers, for which Parquet begins a dictionary, too. */
  private void stop() {
    flush();
    maxIds = 0;
    values = new long[0];
    counts = new int[0];
    lastRows = new int[0];
  }

  private boolean hasPlace(int id) {
    if (id >= maxIds) {
      return false;
    }
    if (id >= values.length) {
      int had = values.length;
      int room = Math.min(maxIds, Math.max(LEAST_IDS, 2 * Integer.highestOneBit(id)));
      values = Arrays.copyOf(values, room);
      counts = Arrays.copyOf(counts, 2 * room);
      lastRows = Arrays.copyOf(lastRows, room);
      Arrays.fill(values, had, room, UNKNOWN);
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
    Arrays.fill(values, UNKNOWN);
    Arrays.fill(counts, 0);
    distinct = 0;
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
