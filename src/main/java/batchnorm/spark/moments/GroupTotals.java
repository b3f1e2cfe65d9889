package batchnorm.spark.moments;

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
  private long smallGroups;
  private byte[] smallGroup;
  private double smallWeight;

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

  /** How many groups have rows that weigh no more than 1. */
  public long smallGroups() {
    return smallGroups;
  }

  /** The key of one of those, if there are any: the one whose bytes come first. */
  public Optional<byte[]> smallGroup() {
    return Optional.ofNullable(smallGroup);
  }

  /** What the rows of that group weigh. */
  public double smallWeight() {
    return smallWeight;
  }

  /** Adds a group whose moments {@link Moments#pack} packed. */
  public void add(byte[] key, byte[] packed) {
    // Groups of another size are left out here; the faults say that there are some.
    moments.mergePacked(packed);
    groups++;
    keyBytes += key.length;
    double weight = Moments.packedWeight(packed);
    if (!(weight > 1)) {
      addSmall(1, key, weight);
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
    if (right.smallGroups > 0) {
      addSmall(right.smallGroups, right.smallGroup, right.smallWeight);
    }
    return this;
  }

  private void addSmall(long count, byte[] key, double weight) {
    if (smallGroups == 0 || Arrays.compareUnsigned(key, smallGroup) < 0) {
      smallGroup = key;
      smallWeight = weight;
    }
    smallGroups += count;
  }

  /** The totals as bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      moments.write(out);
      faults.write(out);
      out.writeLong(groups);
      out.writeLong(keyBytes);
      out.writeLong(smallGroups);
      if (smallGroups > 0) {
        out.writeDouble(smallWeight);
        out.writeInt(smallGroup.length);
        out.write(smallGroup);
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
      totals.smallGroups = in.readLong();
      if (totals.smallGroups > 0) {
        totals.smallWeight = in.readDouble();
        totals.smallGroup = in.readNBytes(in.readInt());
      }
      return totals;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
