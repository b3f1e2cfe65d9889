package batchnorm.spark.fit;

import batchnorm.spark.moments.ByteWriter;
import batchnorm.spark.moments.Moments;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Moments and faults of the rows of one or more partitions, as tasks exchange them. Faults are
 * raised once on the driver: an error raised in a task would be retried and wrapped by the
 * scheduler.
 */
public final class DatasetMoments {
  /** Rows of {@code size} features, seen in {@code partition}. */
  public record SizeSeen(int size, int partition) {
    private void write(ByteWriter out) {
      out.putVarLong(size);
      out.putVarLong(partition);
    }

    private static SizeSeen read(ByteBuffer in) {
      return new SizeSeen((int) ByteWriter.getVarLong(in), (int) ByteWriter.getVarLong(in));
    }
  }

  /** A vector that could not be read, seen in {@code partition}. */
  public record Malformed(String fault, int partition) {}

  private static final int HAS_SIZE = 1;
  private static final int HAS_OTHER_SIZE = 2;
  private static final int HAS_INVALID_WEIGHTS = 4;
  private static final int IS_MALFORMED = 8;
  private static final int IS_UNREADABLE = 16;

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

  /** Returns the moments of no rows, with the reason why rows cannot be read. */
  public static DatasetMoments unreadable(String why) {
    DatasetMoments none = new DatasetMoments();
    none.addUnreadable(why);
    return none;
  }

  /** Records the reason why rows cannot be read in the form of this source. */
  public void addUnreadable(String why) {
    unreadable = unreadable == null ? why : unreadable;
  }

  /** The reason why rows could not be read in the form of this source, if any. */
  public Optional<String> unreadable() {
    return Optional.ofNullable(unreadable);
  }

  /** The moments of the rows without fault. */
  public Moments moments() {
    return moments;
  }

  /** Returns the moments and resets them; the faults of the rows are kept. */
  Moments takeMoments() {
    Moments taken = moments;
    moments = Moments.empty();
    return taken;
  }

  /** The greatest number of features among the sizes seen. */
  public int features() {
    int features = size == null ? 0 : size.size();
    return otherSize == null ? features : Math.max(features, otherSize.size());
  }

  /** Number of rows with a negative, infinite, NaN or null weight. */
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

  /** A second size, if rows differ in size. */
  public Optional<SizeSeen> otherSize() {
    return Optional.ofNullable(otherSize);
  }

  /** A vector that could not be read, if there are any. */
  public Optional<Malformed> malformed() {
    return Optional.ofNullable(malformed);
  }

  /**
   * Returns whether the rows are rejected for any values: they differ in size, or some cannot be
   * read.
   */
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

  /** Adds the rows of the bytes {@code right} of {@link #toBytes}, and returns these. */
  public DatasetMoments merge(byte[] right) {
    ByteBuffer in = ByteBuffer.wrap(right);
    mergeFaults(readFaults(in));
    moments.mergePacked(in);
    return this;
  }

  /** Merges the results of tasks into one; none if there are none. */
  static Iterator<byte[]> merged(Iterator<byte[]> sent) {
    if (!sent.hasNext()) {
      return sent;
    }
    byte[] first = sent.next();
    if (!sent.hasNext()) {
      return List.of(first).iterator();
    }
    DatasetMoments merged = of(ByteBuffer.wrap(first));
    sent.forEachRemaining(merged::merge);
    return List.of(merged.toBytes()).iterator();
  }

  /**
   * Merges everything except the moments. Of several sizes it keeps that of the first partition and
   * the first different one, from either side.
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
   * Returns the value as bytes. Every serializer that a user may have set accepts bytes, also Kryo
   * with required registration of classes.
   *
   * <pre>
   *   flags            1 byte   which of the following there are, in this order
   *   size             varint   the number of features of the rows, and
   *                    varint   the partition that it was seen in
   *   other size       varint   the same of a second size
   *                    varint
   *   invalid weights  varint   the number of them, and
   *                    text     one of them
   *   malformed        text     what is wrong with a vector, and
   *                    varint   the partition that it was seen in
   *   unreadable       text     why rows could not be read
   *   moments          the rest: see {@link Moments#pack()}, which says what a varint is
   * </pre>
   *
   * A text is the number of its bytes, a varint, and the bytes in UTF-8.
   */
  public byte[] toBytes() {
    ByteWriter out = new ByteWriter();
    write(out);
    return out.toByteArray();
  }

  /** Writes the bytes of {@link #toBytes}; nothing may be written after them. */
  void write(ByteWriter out) {
    out.putByte(
        (size != null ? HAS_SIZE : 0)
            | (otherSize != null ? HAS_OTHER_SIZE : 0)
            | (invalidWeights > 0 ? HAS_INVALID_WEIGHTS : 0)
            | (malformed != null ? IS_MALFORMED : 0)
            | (unreadable != null ? IS_UNREADABLE : 0));
    if (size != null) {
      size.write(out);
    }
    if (otherSize != null) {
      otherSize.write(out);
    }
    if (invalidWeights > 0) {
      out.putVarLong(invalidWeights);
      out.putText(invalidWeight);
    }
    if (malformed != null) {
      out.putText(malformed.fault);
      out.putVarLong(malformed.partition);
    }
    if (unreadable != null) {
      out.putText(unreadable);
    }
    moments.write(out);
  }

  /** Reads the bytes of {@link #toBytes}, all remaining bytes of {@code in}. */
  public static DatasetMoments of(ByteBuffer in) {
    DatasetMoments read = readFaults(in);
    read.moments = Moments.unpack(in);
    return read;
  }

  private static DatasetMoments readFaults(ByteBuffer in) {
    DatasetMoments read = new DatasetMoments();
    int flags = in.get();
    if ((flags & HAS_SIZE) != 0) {
      read.size = SizeSeen.read(in);
    }
    if ((flags & HAS_OTHER_SIZE) != 0) {
      read.otherSize = SizeSeen.read(in);
    }
    if ((flags & HAS_INVALID_WEIGHTS) != 0) {
      read.invalidWeights = ByteWriter.getVarLong(in);
      read.invalidWeight = ByteWriter.getText(in);
    }
    if ((flags & IS_MALFORMED) != 0) {
      read.malformed = new Malformed(ByteWriter.getText(in), (int) ByteWriter.getVarLong(in));
    }
    if ((flags & IS_UNREADABLE) != 0) {
      read.unreadable = ByteWriter.getText(in);
    }
    return read;
  }

  /** Records rows of a size, and returns whether all rows so far have this size. */
  boolean addSize(SizeSeen seen) {
    if (size == null) {
      size = seen;
    } else if (size.size() != seen.size()) {
      otherSize = otherSize == null ? seen : otherSize;
      return false;
    }
    return true;
  }

  /** Records a vector that could not be read, if it is the first. */
  void addMalformed(Malformed seen) {
    malformed = malformed == null ? seen : malformed;
  }

  /**
   * Returns whether a row of this weight counts: false for 0 and for an invalid weight, which is
   * recorded.
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
