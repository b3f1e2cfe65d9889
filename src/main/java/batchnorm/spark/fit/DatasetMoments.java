package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The moments of rows as partitions hold them, with what was wrong with the rows: the value that a
 * fit sends from task to task. Faults are carried to the end and raised once there, since an error
 * raised in a task would be retried, and wrapped, by the scheduler.
 */
public final class DatasetMoments {
  /** Rows of {@code size} features, seen in {@code partition}. */
  public record SizeSeen(int size, int partition) {
    private static final SizeSeen NONE = new SizeSeen(-1, -1);

    private static void write(SizeSeen seen, DataOutput out) throws IOException {
      SizeSeen written = seen == null ? NONE : seen;
      out.writeInt(written.size);
      out.writeInt(written.partition);
    }

    private static SizeSeen read(DataInput in) throws IOException {
      SizeSeen read = new SizeSeen(in.readInt(), in.readInt());
      return read.equals(NONE) ? null : read;
    }
  }

  /** A vector that could not be read, seen in {@code partition}. */
  public record Malformed(String fault, int partition) {
    private static final Malformed NONE = new Malformed("", -1);

    private static void write(Malformed seen, DataOutput out) throws IOException {
      Malformed written = seen == null ? NONE : seen;
      out.writeUTF(written.fault);
      out.writeInt(written.partition);
    }

    private static Malformed read(DataInput in) throws IOException {
      Malformed read = new Malformed(in.readUTF(), in.readInt());
      return read.equals(NONE) ? null : read;
    }
  }

  private Moments moments = Moments.empty();
  private SizeSeen size;
  private SizeSeen otherSize;
  private long invalidWeights;
  private String invalidWeight;
  private Malformed malformed;
  private String unreadable;

  private DatasetMoments() {}

  /** Returns the moments of no rows. */
  public static DatasetMoments empty() {
    return new DatasetMoments();
  }

  /** Returns the moments of no rows, where there are some that cannot be read. */
  public static DatasetMoments unreadable(String why) {
    DatasetMoments none = new DatasetMoments();
    none.addUnreadable(why);
    return none;
  }

  /** Notes that there are rows that cannot be read in the form in which they were given. */
  public void addUnreadable(String why) {
    unreadable = unreadable == null ? why : unreadable;
  }

  /** Why rows could not be read in the form in which they were given, if some could not. */
  public Optional<String> unreadable() {
    return Optional.ofNullable(unreadable);
  }

  /** The moments of the rows without fault. */
  public Moments moments() {
    return moments;
  }

  /** The greatest number of features among the sizes that were noted. */
  public int features() {
    return Stream.of(size(), otherSize())
        .flatMap(Optional::stream)
        .mapToInt(SizeSeen::size)
        .max()
        .orElse(0);
  }

  /** How many rows had a weight that is negative, infinite, NaN or null. */
  public long invalidWeights() {
    return invalidWeights;
  }

  /** One of the invalid weights, if there are any. */
  public Optional<String> invalidWeight() {
    return Optional.ofNullable(invalidWeight);
  }

  /** The size of the rows without fault, if there are any. */
  public Optional<SizeSeen> size() {
    return Optional.ofNullable(size);
  }

  /** A second size, if not all rows were of one. */
  public Optional<SizeSeen> otherSize() {
    return Optional.ofNullable(otherSize);
  }

  /** A vector that could not be read, if there are any. */
  public Optional<Malformed> malformed() {
    return Optional.ofNullable(malformed);
  }

  /** Returns whether the rows cannot be taken as they are, whatever their values. */
  public boolean areRefused() {
    return otherSize != null || malformed != null || unreadable != null;
  }

  /** Adds the rows of {@code right} to these, and returns these. */
  public DatasetMoments merge(DatasetMoments right) {
    mergeFaults(right);
    if (moments.hasSizeOf(right.moments)) {
      moments.merge(right.moments);
    }
    return this;
  }

  /**
   * Merges all but the moments. Of several sizes that of the first partition is noted, and the
   * first other one, whichever side they come from.
   */
  private void mergeFaults(DatasetMoments right) {
    invalidWeights += right.invalidWeights;
    invalidWeight = invalidWeight == null ? right.invalidWeight : invalidWeight;
    if (malformed == null
        || right.malformed != null && right.malformed.partition < malformed.partition) {
      malformed = right.malformed;
    }
    unreadable = unreadable == null ? right.unreadable : unreadable;
    List<SizeSeen> seen =
        Stream.of(size(), right.size(), otherSize(), right.otherSize())
            .flatMap(Optional::stream)
            .sorted(Comparator.comparingInt(SizeSeen::partition))
            .toList();
    size = seen.isEmpty() ? null : seen.get(0);
    otherSize = seen.stream().filter(one -> one.size() != size.size()).findFirst().orElse(null);
  }

  /**
   * Returns these rows with a slice of their features, see {@link Moments#slice}; nothing if the
   * rows touch none of them. The slice that starts at 0 is always there, and what {@link #join}
   * joins the others to: it has the faults.
   */
  public Optional<DatasetMoments> slice(int from, int count) {
    int to = from + Math.min(count, moments.size() - from);
    if (from > 0 && !moments.touches(from, to)) {
      return Optional.empty();
    }
    DatasetMoments slice = new DatasetMoments();
    slice.mergeFaults(this);
    slice.moments = moments.size() == 0 ? moments : moments.slice(from, to);
    return Optional.of(slice);
  }

  /** Takes in a slice of the same rows, and returns this. */
  public DatasetMoments join(DatasetMoments slice) {
    if (otherSize == null) {
      moments.join(slice.moments);
    }
    return this;
  }

  /** Writes the value. */
  public void write(DataOutput out) throws IOException {
    SizeSeen.write(size, out);
    SizeSeen.write(otherSize, out);
    out.writeLong(invalidWeights);
    out.writeUTF(invalidWeight().orElse(""));
    Malformed.write(malformed, out);
    out.writeUTF(unreadable().orElse(""));
    moments.write(out);
  }

  /** Reads what {@link #write} wrote. */
  public static DatasetMoments read(DataInput in) throws IOException {
    DatasetMoments read = new DatasetMoments();
    read.size = SizeSeen.read(in);
    read.otherSize = SizeSeen.read(in);
    read.invalidWeights = in.readLong();
    String weight = in.readUTF();
    read.invalidWeight = weight.isEmpty() ? null : weight;
    read.malformed = Malformed.read(in);
    String why = in.readUTF();
    read.unreadable = why.isEmpty() ? null : why;
    read.moments = Moments.read(in);
    return read;
  }

  /** Notes rows of a size, and tells whether it is the size of all rows so far. */
  boolean sees(SizeSeen seen) {
    if (size == null) {
      size = seen;
    } else if (size.size() != seen.size()) {
      otherSize = otherSize == null ? seen : otherSize;
      return false;
    }
    return true;
  }

  /** Notes a vector that could not be read, if none was before. */
  void notes(Malformed seen) {
    malformed = malformed == null ? seen : malformed;
  }

  /**
   * Whether a row of this weight counts: not if it is 0, and not if it is invalid, which is noted.
   */
  boolean counts(double weight) {
    if (weight >= 0 && weight <= Double.MAX_VALUE) {
      return weight > 0;
    }
    invalidWeights++;
    if (invalidWeight == null) {
      invalidWeight = Double.isNaN(weight) ? "null or NaN" : Double.toString(weight);
    }
    return false;
  }
}
