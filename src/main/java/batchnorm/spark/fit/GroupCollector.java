package batchnorm.spark.fit;

import batchnorm.spark.moments.ByteWriter;
import batchnorm.spark.moments.Doubles;
import batchnorm.spark.moments.ExactLong;
import batchnorm.spark.moments.GroupWindows;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.apache.spark.sql.Row;

/**
 * Reduces the rows of one partition, each with the key of its group, to {@link Records} of the
 * groups' moments. A group may have several records.
 *
 * <p>Call {@link #startRow} before each row, and {@link #drain} when {@link #isFull()}.
 */
public final class GroupCollector implements RowConsumer, Collector {
  /** Maximum number of buffered values, 2 MiB, and of buffered rows. */
  private static final int TARGET_VALUES = 256 * 1024;

  private static final int MAX_ROWS = 1024;

  /** Maximum bytes of buffered keys: 1 MiB. */
  private static final int MAX_KEY_BYTES = 1 << 20;

  /** Maximum number of features at which sparse rows are added as dense ones. */
  private static final int MAX_SPREAD = 1024;

  /** Maximum number of rows whose sums fit in a window. */
  private static final long MAX_WINDOW_ROWS = Integer.MAX_VALUE - MAX_ROWS;

  private final int partition;
  private final HandleInvalid handleInvalid;
  private final long maxBytes;
  private final DatasetMoments faults = DatasetMoments.empty();
  private final GroupKeys keys = new GroupKeys();
  private final ByteWriter out = new ByteWriter();

  /** Moments, by group, of values outside the windows; null if there are none. */
  private Moments[] others = {};

  private long othersBytes;

  /** Null until the first dense row. */
  private GroupWindows windows;

  private int size;

  /** Number of buffered rows; their features, keys, hashes and groups are in the arrays below. */
  private int rows;

  private double[] values;

  /** Rests of longs beyond 2^53 among the values; null until there is one. */
  private long[] rests;

  private boolean anyRests;
  private byte[] rowKeys = {};
  private int[] rowKeyEnds;
  private long[] rowHashes;
  private int[] groups;
  private long windowRows;

  /** Group to be drained next; the next field is true if its windows were drained. */
  private int draining;

  private boolean drainedWindows;

  private byte[] key;
  private int keyFrom;
  private int keyLength;
  private double weight;

  /**
   * Returns a collector for partition number {@code partition}.
   *
   * @param maxBytes the memory at which the collector is full
   */
  public GroupCollector(int partition, HandleInvalid handleInvalid, long maxBytes) {
    this.partition = partition;
    this.handleInvalid = handleInvalid;
    this.maxBytes = maxBytes;
  }

  /** Starts a row of the group with this key; the bytes must not change until the row ends. */
  public void startRow(byte[] key, int from, int length) {
    this.key = key;
    keyFrom = from;
    keyLength = length;
  }

  @Override
  public boolean startDense(int size, double weight) {
    if (!faults.counts(weight) || !addSize(size)) {
      return false;
    }
    if (windows == null) {
      this.size = size;
      windows = new GroupWindows(size);
      groups = new int[Math.max(1, Math.min(MAX_ROWS, TARGET_VALUES / Math.max(1, size)))];
      rowKeyEnds = new int[groups.length];
      rowHashes = new long[groups.length];
      values = new double[Math.multiplyExact(groups.length, size)];
    }
    if (anyRests) {
      Arrays.fill(rests, rows * size, (rows + 1) * size, 0);
    }
    this.weight = weight;
    return true;
  }

  @Override
  public void set(int j, double value) {
    values[rows * size + j] = value;
  }

  @Override
  public void set(int j, long value) {
    values[rows * size + j] = ExactLong.high(value);
    if (!ExactLong.isDouble(value)) {
      if (rests == null) {
        rests = new long[values.length];
      }
      rests[rows * size + j] = ExactLong.rest(value);
      anyRests = true;
    }
  }

  @Override
  public void setAll(double[] values) {
    System.arraycopy(values, 0, this.values, rows * size, size);
  }

  @Override
  public void endDense() {
    if (handleInvalid == HandleInvalid.SKIP && !Doubles.allFinite(values, rows * size, size)) {
      return;
    }
    if (weight != 1) {
      addWeighted(group());
      return;
    }
    endRow();
    if (isBlockFull()) {
      flush();
    }
  }

  /**
   * Adds rows of weight 1 until the buffer is full, and returns their number; 0 if rows must be
   * added one by one.
   *
   * @param features a column of values for each feature; null is NaN
   * @param from the first row to add
   * @param count the number of rows
   * @param start starts row {@code i}, see {@link #startRow}
   */
  int addColumns(double[][] features, int size, int from, int count, IntConsumer start) {
    if (handleInvalid == HandleInvalid.SKIP || count == 0 || !startDense(size, 1)) {
      return 0;
    }
    int first = rows;
    for (int i = 0; i < count && !isBlockFull(); i++) {
      start.accept(i);
      endRow();
    }
    int added = rows - first;
    if (anyRests) {
      Arrays.fill(rests, first * size, rows * size, 0);
    }
    for (int j = 0; j < size; j++) {
      double[] column = features[j];
      for (int i = 0, at = first * size + j; i < added; i++, at += size) {
        values[at] = column[from + i];
      }
    }
    if (isBlockFull()) {
      flush();
    }
    return added;
  }

  /** Buffers the key of the started row; its values are set before or after. */
  private void endRow() {
    int start = rows == 0 ? 0 : rowKeyEnds[rows - 1];
    int end = Math.addExact(start, keyLength);
    if (end > rowKeys.length) {
      rowKeys = Arrays.copyOf(rowKeys, Math.max(end, 2 * rowKeys.length));
    }
    System.arraycopy(key, keyFrom, rowKeys, start, keyLength);
    rowKeyEnds[rows] = end;
    rowHashes[rows] = GroupKeys.hash(key, keyFrom, keyLength);
    rows++;
  }

  private boolean isBlockFull() {
    return rows == groups.length || rows > 0 && rowKeyEnds[rows - 1] > MAX_KEY_BYTES;
  }

  @Override
  public void sparse(int size, int[] indices, double[] values, double weight) {
    if (size <= MAX_SPREAD) {
      spread(size, indices, values, weight);
      return;
    }
    if (!faults.counts(weight) || !addSize(size)) {
      return;
    }
    if (handleInvalid == HandleInvalid.SKIP && !Doubles.allFinite(values)) {
      return;
    }
    Moments other = other(group());
    long before = other.heldBytes();
    other.addSparse(size, indices, values, weight);
    othersBytes += other.heldBytes() - before;
  }

  private void spread(int size, int[] indices, double[] values, double weight) {
    if (startDense(size, weight)) {
      int start = rows * size;
      Arrays.fill(this.values, start, start + size, 0);
      for (int k = 0; k < indices.length; k++) {
        this.values[start + indices[k]] = values[k];
      }
      endDense();
    }
  }

  @Override
  public void absent(double weight) {
    if (faults.counts(weight) && handleInvalid != HandleInvalid.SKIP) {
      other(group()).addAbsent(weight);
    }
  }

  @Override
  public void malformed(String fault, double weight) {
    if (faults.counts(weight)) {
      faults.addMalformed(new DatasetMoments.Malformed(fault, partition));
    }
  }

  /** Returns whether the collected groups have reached the limits of memory or rows. */
  @Override
  public boolean isFull() {
    long windowBytes = windows == null ? 0 : windows.heldBytes();
    return keys.heldBytes() + windowBytes + othersBytes > maxBytes || windowRows >= MAX_WINDOW_ROWS;
  }

  /**
   * Returns a record of some rows of a group. After the last record it returns empty and resets the
   * collector.
   */
  public Optional<Row> drain() {
    flush();
    while (draining < keys.count()) {
      int group = draining;
      if (!drainedWindows) {
        drainedWindows = true;
        if (windows != null && windows.rows(group) > 0) {
          return Optional.of(record(group, windows.pack(group, out)));
        }
      }
      drainedWindows = false;
      draining++;
      if (group < others.length && others[group] != null) {
        byte[] packed = others[group].pack(out);
        others[group] = null;
        return Optional.of(record(group, packed));
      }
    }
    clear();
    return Optional.empty();
  }

  private Row record(int group, byte[] packed) {
    return Records.of(keys.hash(group), keys.key(group), packed);
  }

  private void clear() {
    draining = 0;
    keys.clear();
    if (windows != null) {
      windows.clear();
    }
    others = new Moments[0];
    othersBytes = 0;
    windowRows = 0;
  }

  /** The faults of the rows, without any moments. */
  @Override
  public DatasetMoments collected() {
    return faults;
  }

  private boolean addSize(int size) {
    return faults.addSize(new DatasetMoments.SizeSeen(size, partition));
  }

  private int group() {
    return keys.number(key, keyFrom, keyLength);
  }

  private void flush() {
    if (rows > 0) {
      keys.numbers(rowKeys, rowKeyEnds, rowHashes, rows, groups);
      windows.add(values, groups, rows, this::addOutside);
      for (int i = 0; anyRests && i < rows; i++) {
        addRests(groups[i], i, 1);
      }
      clearRests();
      windowRows += rows;
      rows = 0;
    }
  }

  /** Adds the rests of row {@code i} to the group's sums outside the windows. */
  private void addRests(int group, int i, double rowWeight) {
    for (int j = 0; j < size; j++) {
      long rest = rests[i * size + j];
      if (rest != 0) {
        Moments other = other(group);
        long before = other.heldBytes();
        other.addRest(size, j, values[i * size + j], rest, rowWeight);
        othersBytes += other.heldBytes() - before;
      }
    }
  }

  private void clearRests() {
    if (anyRests) {
      Arrays.fill(rests, 0);
      anyRests = false;
    }
  }

  private void addWeighted(int group) {
    Moments other = other(group);
    long before = other.heldBytes();
    other.addDense(size, values, rows * size, weight);
    othersBytes += other.heldBytes() - before;
    if (anyRests) {
      addRests(group, rows, weight);
    }
  }

  private void addOutside(int group, int j, double value) {
    Moments other = other(group);
    long before = other.heldBytes();
    other.addValue(size, j, value);
    othersBytes += other.heldBytes() - before;
  }

  private Moments other(int group) {
    if (group >= others.length) {
      others = Arrays.copyOf(others, Math.max(group + 1, 2 * others.length));
    }
    if (others[group] == null) {
      others[group] = Moments.empty();
      othersBytes += others[group].heldBytes();
    }
    return others[group];
  }
}
