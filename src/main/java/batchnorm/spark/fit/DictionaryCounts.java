package batchnorm.spark.fit;

import java.util.Arrays;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Counts of the distinct values of a feature whose vectors have a dictionary. A value is added to
 * the exact sums once, times its count, when the dictionary changes or the partition ends.
 *
 * <p>A vector does not tell whether its dictionary is that of the vector before. The value of every
 * row is therefore compared with what its id stood for; where it differs, what was counted is
 * added, and counting begins anew.
 */
public final class DictionaryCounts {
  /** Of more ids the counts leave the cache of a core, and cost what adding the values does. */
  static final int MAX_IDS = 1 << 14;

  static final long BYTES_AN_ID = 2 * Long.BYTES;

  private static final int LEAST_IDS = 64;

  /** So many rows are counted before their values are compared. */
  private static final int ROWS = 4096;

  /** More new values than this among so many rows, and counting them is in vain. */
  private static final int MOST_OTHERS = ROWS - ROWS / 20;

  /** The value of an id that no row had yet. */
  private static final long UNKNOWN = 0x7ff8_6e6f_6e65_0001L;

  private final DatasetMoments collected;
  private final int features;
  private final int feature;
  private int maxIds;

  /** By id, the value: a long, or the bits of a double. */
  private long[] values = {};

  private long[] counts = {};
  private DataType type;

  /** The rows at hand whose value is not that of their id. */
  private int[] others = {};

  private int otherCount;

  /**
   * Returns counts of no rows.
   *
   * @param collected what is counted is added to
   * @param maxIds the greatest number of ids that are counted
   */
  DictionaryCounts(DatasetMoments collected, int features, int feature, int maxIds) {
    this.collected = collected;
    this.features = features;
    this.feature = feature;
    this.maxIds = maxIds;
  }

  /** Adds the value of a vector whose rows are all the same. */
  void addConstant(ColumnVector vector, int rows) {
    type = vector.dataType();
    if (vector.isNullAt(0)) {
      collected.moments().addRepeated(features, feature, Double.NaN, rows);
    } else {
      add(value(vector, 0), rows);
    }
  }

  /**
   * Counts the first rows of {@code vector}.
   *
   * @return how many: {@code rows}, or those before an id that is not counted
   */
  int add(WritableColumnVector vector, int rows) {
    if (maxIds == 0) {
      return 0;
    }
    type = vector.dataType();
    WritableColumnVector ids = vector.getDictionaryIds();
    int row = 0;
    while (row < rows) {
      int end = count(vector, ids, row, Math.min(row + ROWS, rows));
      if (!learn(vector, ids)) {
        uncount(vector, ids, row, end);
        flush();
        continue;
      }
      boolean isDistinct = end - row == ROWS && otherCount > MOST_OTHERS;
      if (vector.hasNull()) {
        addMissing(vector, row, end);
      }
      row = end;
      if (isDistinct) {
        giveUp();
        break;
      }
      if (row < rows && !vector.isNullAt(row) && !hasPlace(ids.getDictId(row))) {
        break;
      }
    }
    return row;
  }

  /** Counts rows up to {@code to}, or to an id without a place, and collects {@link #others}. */
  private int count(WritableColumnVector vector, WritableColumnVector ids, int from, int to) {
    others = others.length == 0 ? new int[ROWS] : others;
    boolean hasNull = vector.hasNull();
    int other = 0;
    int row = from;
    for (; row < to; row++) {
      if (hasNull && vector.isNullAt(row)) {
        continue;
      }
      int id = ids.getDictId(row);
      if (id >= counts.length) {
        break;
      }
      counts[id]++;
      // Without a branch, which would often be mispredicted.
      others[other] = row;
      other += value(vector, row) != values[id] ? 1 : 0;
    }
    otherCount = other;
    return row;
  }

  /** Takes in the values of new ids; returns false if some id has stood for another one. */
  private boolean learn(WritableColumnVector vector, WritableColumnVector ids) {
    for (int i = 0; i < otherCount; i++) {
      int id = ids.getDictId(others[i]);
      long value = value(vector, others[i]);
      if (values[id] == UNKNOWN) {
        values[id] = value;
      } else if (values[id] != value) {
        return false;
      }
    }
    return true;
  }

  private void uncount(WritableColumnVector vector, WritableColumnVector ids, int from, int to) {
    for (int row = from; row < to; row++) {
      if (!vector.isNullAt(row)) {
        counts[ids.getDictId(row)]--;
      }
    }
  }

  private void addMissing(WritableColumnVector vector, int from, int to) {
    int missing = 0;
    for (int row = from; row < to; row++) {
      missing += vector.isNullAt(row) ? 1 : 0;
    }
    collected.moments().addRepeated(features, feature, Double.NaN, missing);
  }

  /** Counts no more, since hardly any value comes twice. */
  private void giveUp() {
    flush();
    maxIds = 0;
    counts = new long[0];
    values = new long[0];
    others = new int[0];
  }

  private boolean hasPlace(int id) {
    if (id >= maxIds) {
      return false;
    }
    if (id >= counts.length) {
      int had = counts.length;
      int room = Math.min(maxIds, Math.max(LEAST_IDS, 2 * Integer.highestOneBit(id)));
      counts = Arrays.copyOf(counts, room);
      values = Arrays.copyOf(values, room);
      Arrays.fill(values, had, room, UNKNOWN);
    }
    return true;
  }

  /** Adds what was counted to the moments, and forgets the dictionary. */
  void flush() {
    for (int id = 0; id < counts.length; id++) {
      if (counts[id] > 0) {
        add(values[id], counts[id]);
      }
    }
    Arrays.fill(counts, 0);
    Arrays.fill(values, UNKNOWN);
  }

  private void add(long value, long count) {
    if (type instanceof LongType) {
      collected.moments().addRepeatedLong(features, feature, value, count);
    } else {
      collected.moments().addRepeated(features, feature, Double.longBitsToDouble(value), count);
    }
  }

  private long value(ColumnVector vector, int row) {
    if (type instanceof LongType) {
      return vector.getLong(row);
    }
    return Double.doubleToRawLongBits(
        type instanceof DoubleType
            ? vector.getDouble(row)
            : NumberColumns.number(vector, type, row));
  }
}
