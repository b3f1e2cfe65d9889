package batchnorm.spark.moments;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The sums of neighbouring features: open, so that values can be added, or packed into the bytes
 * that are sent and kept, a quarter of the size.
 */
final class FeaturePage {
  private final int features;

  /** By place in the page, null where a feature was not touched; null itself while packed. */
  private ColumnSums[] open;

  private byte[] packed;

  /** How many features were touched since the page was opened. */
  private int touched;

  /** An open page of no sums. */
  FeaturePage(int features) {
    this.features = features;
    open = new ColumnSums[features];
  }

  /** The page that {@link #pack} packed. */
  FeaturePage(int features, byte[] packed) {
    this.features = features;
    this.packed = packed;
  }

  /** The sums of the feature at {@code place}, to be added to. */
  ColumnSums column(int place) {
    ColumnSums[] columns = open();
    if (columns[place] == null) {
      columns[place] = new ColumnSums();
      touched++;
    }
    return columns[place];
  }

  int touched() {
    return touched;
  }

  boolean isOpen() {
    return open != null;
  }

  /** The sums by place, for reading only; null where a feature was not touched. */
  ColumnSums[] columns() {
    return open != null ? open : unpacked();
  }

  /** Adds those of {@code right}, which stays as it is. */
  void merge(FeaturePage right) {
    ColumnSums[] added = right.columns();
    for (int place = 0; place < features; place++) {
      if (added[place] != null) {
        column(place).merge(added[place]);
      }
    }
  }

  /** The same sums; what is added to one page does not show in the other. */
  FeaturePage copy() {
    return new FeaturePage(features, pack());
  }

  /** The sums as bytes. */
  byte[] pack() {
    if (open == null) {
      return packed;
    }
    ByteWriter out = new ByteWriter();
    for (int place = 0; place < features; place++) {
      if (open[place] != null) {
        out.putShort(place);
        open[place].write(out);
      }
    }
    return out.toByteArray();
  }

  void write(DataOutput out) throws IOException {
    byte[] bytes = pack();
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static FeaturePage read(int features, DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new FeaturePage(features, bytes);
  }

  private ColumnSums[] open() {
    if (open == null) {
      open = unpacked();
      packed = null;
    }
    return open;
  }

  private ColumnSums[] unpacked() {
    ColumnSums[] columns = new ColumnSums[features];
    ByteBuffer in = ByteBuffer.wrap(packed);
    while (in.hasRemaining()) {
      columns[in.getShort()] = ColumnSums.read(in);
    }
    return columns;
  }
}
