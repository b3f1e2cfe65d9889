package batchnorm.spark.moments;

import java.nio.ByteBuffer;

/**
 * The sums of neighbouring features, some of which were touched: open, so that values can be added,
 * or packed into the bytes that are sent and kept, a quarter of the size.
 */
final class FeaturePage {
  private final int features;

  /** By place in the page, null where a feature was not touched; null itself while packed. */
  private ColumnSums[] open;

  /** Bytes that {@link #write} writes of the page alone. */
  private byte[] packed;

  /** The number of features after the last one in {@link #packed}. */
  private int behind;

  /** How many features were touched since the page was opened. */
  private int touched;

  /** Returns an open page of no sums. */
  FeaturePage(int features) {
    this.features = features;
    open = new ColumnSums[features];
  }

  private FeaturePage(int features, byte[] packed, int behind) {
    this.features = features;
    this.packed = packed;
    this.behind = behind;
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

  /** The number of features after the last that was touched, of a packed page. */
  int behind() {
    return behind;
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
    if (open == null) {
      return new FeaturePage(features, packed, behind);
    }
    ByteWriter out = new ByteWriter();
    int after = write(0, out);
    return new FeaturePage(features, out.toByteArray(), after);
  }

  /**
   * Writes the features that were touched: of each the number of untouched ones since the one
   * before, then the sums.
   *
   * @param before the number of untouched features right before this page
   * @return the number of untouched features at the end
   */
  int write(int before, ByteWriter out) {
    if (open == null) {
      ByteBuffer in = ByteBuffer.wrap(packed);
      out.putVarLong(before + ByteWriter.getVarLong(in));
      out.put(in);
      return behind;
    }
    int untouched = before;
    for (ColumnSums column : open) {
      if (column == null) {
        untouched++;
      } else {
        out.putVarLong(untouched);
        column.write(out);
        untouched = 0;
      }
    }
    return untouched;
  }

  /**
   * Returns the page whose features come next in {@code in}, which then stands at those of a later
   * page or at its end.
   *
   * @param first the place of the first of them; {@code in} stands at its sums
   */
  static FeaturePage read(int features, int first, ByteBuffer in) {
    int from = in.position();
    int place = first;
    ColumnSums.skip(in);
    int to = in.position();
    while (in.hasRemaining()) {
      long next = place + 1 + ByteWriter.getVarLong(in);
      if (next >= features) {
        in.position(to);
        break;
      }
      place = (int) next;
      ColumnSums.skip(in);
      to = in.position();
    }
    ByteWriter out = new ByteWriter();
    out.putVarLong(first);
    out.put(in.duplicate().position(from).limit(to));
    return new FeaturePage(features, out.toByteArray(), features - 1 - place);
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
    for (int place = 0; in.hasRemaining(); place++) {
      place += (int) ByteWriter.getVarLong(in);
      columns[place] = new ColumnSums();
      columns[place].addWritten(in);
    }
    return columns;
  }
}
