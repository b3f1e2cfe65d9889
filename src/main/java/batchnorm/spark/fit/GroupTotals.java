package batchnorm.spark.fit;

import batchnorm.spark.moments.ByteWriter;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SampleSize;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Totals over all groups: the moments of all rows, the number of groups, and the statistics of
 * every group unless they take too much memory.
 */
public final class GroupTotals {
  /** Number of groups from which their hashes give an estimate of all groups, to about 3 %. */
  private static final int MIN_SAMPLE = 1000;

  private final DatasetMoments rows;
  private long groups;
  private long keyBytes;
  private final CountedGroups[] small = {new CountedGroups(), new CountedGroups()};
  private final CountedGroups foreign = new CountedGroups();

  /** A row of statistics for each group, see {@link GroupStatistics}; null if some are missing. */
  private List<byte[]> statistics = new ArrayList<>();

  private GroupTotals(DatasetMoments rows) {
    this.rows = rows;
  }

  /** Returns the totals of no groups. */
  public static GroupTotals empty() {
    return new GroupTotals(DatasetMoments.empty());
  }

  /** The moments of all rows, with their faults. */
  public DatasetMoments rows() {
    return rows;
  }

  /** The number of groups. */
  public long groups() {
    return groups;
  }

  /** Total size of the keys of all groups, in bytes. */
  public long keyBytes() {
    return keyBytes;
  }

  /**
   * The groups that are too small.
   *
   * @param correction subtracted from n in the variance's divisor: 0 or 1
   */
  public CountedGroups small(int correction) {
    return small[correction];
  }

  /** The groups of which more was to be taken out than they had, see {@link MergedRecords}. */
  public CountedGroups foreign() {
    return foreign;
  }

  /**
   * Returns the estimated size of the statistics of all groups, in bytes, if groups are added in
   * the order of their uniform hashes. With fewer than 1,000 groups it is the size so far.
   *
   * @param hash the hash of the last group added, see {@link GroupKeys#hash}
   */
  double expectedStatisticsBytes(long hash, int features) {
    long bytes = GroupStatistics.bytes(groups, keyBytes, features);
    return groups < MIN_SAMPLE ? bytes : bytes / (0.5 + hash * 0x1p-64);
  }

  /** Returns a row of statistics for each group, as bytes; empty if some are missing. */
  Optional<List<byte[]>> statistics() {
    return Optional.ofNullable(statistics);
  }

  /** Discards the statistics of groups. */
  void dropStatistics() {
    statistics = null;
  }

  /** Adds the row of statistics of a group. */
  void addStatistics(byte[] row) {
    statistics.add(row);
  }

  /**
   * Adds a group.
   *
   * @param moments in the format of {@link Moments#pack}
   */
  public void add(byte[] key, byte[] moments) {
    if (Moments.areTakenOut(moments)) {
      foreign.add(1, key, Moments.packedSize(moments).weight());
      return;
    }
    // Moments of another size are not added; the faults report them.
    rows.moments().mergePacked(moments);
    groups++;
    keyBytes += key.length;
    SampleSize size = Moments.packedSize(moments);
    for (int correction = 0; correction < small.length; correction++) {
      if (!size.isEnough(correction)) {
        small[correction].add(1, key, size.weight());
      }
    }
  }

  /** Adds the faults of the rows of a task. */
  public void addFaults(byte[] faults) {
    rows.merge(faults);
  }

  /** Adds {@code right}, and returns this. */
  public GroupTotals merge(GroupTotals right) {
    rows.merge(right.rows);
    groups += right.groups;
    keyBytes += right.keyBytes;
    if (statistics == null || right.statistics == null) {
      statistics = null;
    } else {
      statistics.addAll(right.statistics);
    }
    for (int correction = 0; correction < small.length; correction++) {
      CountedGroups others = right.small[correction];
      small[correction].add(others.count, others.key, others.weight);
    }
    foreign.add(right.foreign.count, right.foreign.key, right.foreign.weight);
    return this;
  }

  /** Merges the totals of tasks into one. */
  static Iterator<byte[]> merged(Iterator<byte[]> sent) {
    GroupTotals merged = empty();
    sent.forEachRemaining(bytes -> merged.merge(of(bytes)));
    return List.of(merged.toBytes()).iterator();
  }

  /** The totals as bytes: the counts, the small groups, the statistics, then the rows. */
  public byte[] toBytes() {
    ByteWriter out = new ByteWriter();
    out.putVarLong(groups);
    out.putVarLong(keyBytes);
    for (CountedGroups some : small) {
      some.write(out);
    }
    foreign.write(out);
    out.putVarLong(statistics == null ? 0 : 1 + statistics.size());
    if (statistics != null) {
      statistics.forEach(out::putBytes);
    }
    rows.write(out);
    return out.toByteArray();
  }

  /** Reads the bytes of {@link #toBytes}. */
  public static GroupTotals of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    long groups = ByteWriter.getVarLong(in);
    long keyBytes = ByteWriter.getVarLong(in);
    CountedGroups[] small = {CountedGroups.read(in), CountedGroups.read(in)};
    CountedGroups foreign = CountedGroups.read(in);
    List<byte[]> statistics = readStatistics(in);
    GroupTotals totals = new GroupTotals(DatasetMoments.of(in));
    totals.statistics = statistics;
    totals.groups = groups;
    totals.keyBytes = keyBytes;
    System.arraycopy(small, 0, totals.small, 0, small.length);
    totals.foreign.add(foreign.count, foreign.key, foreign.weight);
    return totals;
  }

  private static List<byte[]> readStatistics(ByteBuffer in) {
    long count = ByteWriter.getVarLong(in);
    if (count == 0) {
      return null;
    }
    List<byte[]> read = new ArrayList<>();
    for (long i = 1; i < count; i++) {
      read.add(ByteWriter.getBytes(in));
    }
    return read;
  }

  /** Number of groups with a property, such as too few rows, and one of them. */
  public static final class CountedGroups {
    private long count;
    private byte[] key;
    private double weight;

    /** The number of groups. */
    public long count() {
      return count;
    }

    /** The key of one of them, if there are any: the first in the order of bytes. */
    public Optional<byte[]> key() {
      return Optional.ofNullable(key);
    }

    /** The total weight of the rows of that group. */
    public double weight() {
      return weight;
    }

    private void add(long more, byte[] otherKey, double otherWeight) {
      if (more > 0 && (count == 0 || Arrays.compareUnsigned(otherKey, key) < 0)) {
        key = otherKey;
        weight = otherWeight;
      }
      count += more;
    }

    private void write(ByteWriter out) {
      out.putVarLong(count);
      if (count > 0) {
        out.putDouble(weight);
        out.putBytes(key);
      }
    }

    private static CountedGroups read(ByteBuffer in) {
      CountedGroups read = new CountedGroups();
      read.count = ByteWriter.getVarLong(in);
      if (read.count > 0) {
        read.weight = in.getDouble();
        read.key = ByteWriter.getBytes(in);
      }
      return read;
    }
  }
}
