package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SampleSize;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;

/** What is known of all groups together: the moments of all rows, and how many groups there are. */
public final class GroupTotals {
  private final Moments moments;
  private final DatasetMoments faults;
  private long groups;
  private long keyBytes;
  private final SmallGroups[] small = {new SmallGroups(), new SmallGroups()};

  private GroupTotals(Moments moments, DatasetMoments faults) {
    this.moments = moments;
    this.faults = faults;
  }

  /** Returns the totals of no group. */
  public static GroupTotals empty() {
    return new GroupTotals(Moments.empty(), DatasetMoments.empty());
  }

  /** The moments of all rows, and what was wrong with them. */
  public DatasetMoments rows() {
    DatasetMoments rows = DatasetMoments.empty().merge(faults);
    rows.moments().merge(moments);
    return rows;
  }

  /** The number of groups. */
  public long groups() {
    return groups;
  }

  /** How many bytes the keys of all groups have. */
  public long keyBytes() {
    return keyBytes;
  }

  /**
   * The groups that are too small.
   *
   * @param correction subtracted from n in the variance's divisor: 0 or 1
   */
  public SmallGroups small(int correction) {
    return small[correction];
  }

  /** Adds a group whose moments {@link Moments#pack} packed. */
  public void add(byte[] key, byte[] packed) {
    // Groups of another size are left out here; the faults say that there are some.
    moments.mergePacked(packed);
    groups++;
    keyBytes += key.length;
    SampleSize size = Moments.packedSize(packed);
    for (int correction = 0; correction < small.length; correction++) {
      if (!size.isEnough(correction)) {
        small[correction].add(1, key, size.weight());
      }
    }
  }

  /** Adds what was wrong with the rows of a task. */
  public void addFaults(DatasetMoments right) {
    faults.merge(right);
  }

  /** Adds {@code right}, and returns this. */
  public GroupTotals merge(GroupTotals right) {
    if (moments.hasSizeOf(right.moments)) {
      moments.merge(right.moments);
    }
    faults.merge(right.faults);
    groups += right.groups;
    keyBytes += right.keyBytes;
    for (int correction = 0; correction < small.length; correction++) {
      SmallGroups others = right.small[correction];
      small[correction].add(others.count, others.key, others.weight);
    }
    return this;
  }

  /** The totals as bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      moments.write(out);
      faults.write(out);
      out.writeLong(groups);
      out.writeLong(keyBytes);
      for (SmallGroups groups : small) {
        groups.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns what {@link #toBytes} gave. */
  public static GroupTotals of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      GroupTotals totals = new GroupTotals(Moments.read(in), DatasetMoments.read(in));
      totals.groups = in.readLong();
      totals.keyBytes = in.readLong();
      for (SmallGroups groups : totals.small) {
        groups.read(in);
      }
      return totals;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The groups whose rows are not enough for a variance, see {@link SampleSize}. */
  public static final class SmallGroups {
    private long count;
    private byte[] key;
    private double weight;

    /** The number of them. */
    public long count() {
      return count;
    }

    /** The key of one of them, if there are any: the one whose bytes come first. */
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

    private void write(DataOutputStream out) throws IOException {
      out.writeLong(count);
      if (count > 0) {
        out.writeDouble(weight);
        out.writeInt(key.length);
        out.write(key);
      }
    }

    private void read(DataInputStream in) throws IOException {
      count = in.readLong();
      if (count > 0) {
        weight = in.readDouble();
        key = in.readNBytes(in.readInt());
      }
    }
  }
}
