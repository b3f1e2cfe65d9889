package batchnorm.spark.moments;

import java.nio.ByteBuffer;

/**
 * Sums of neighbouring features. A page is open, so that values can be added, or packed into the
 * bytes that are sent and kept, which are a quarter of the size.
 */
final class FeaturePage {
  /** Maximum number of values, well below what a window can hold. */
  private static final int MAX_FLAT_VALUES = Integer.MAX_VALUE / 2;

  private final int features;

  /**
   * Sums by place in the page, null for untouched features; the array is null while the page is
   * packed.
   */
  private FeatureSums[] open;

  /** Values of an open page that were added one by one; an element is null if it has none. */
  private FlatSums[] flat = {};

  /** The number of values in {@link #flat}. */
  private int flatValues;

  private int flatBytes;

  /** Bytes that {@link #write} writes for this page alone. */
  private byte[] packed;

  /** The number of features after the last one in {@link #packed}. */
  private int behind;

  /** Number of features touched since the page was opened. */
  private int touched;

  /** Returns an open page without sums. */
  FeaturePage(int features) {
    this.features = features;
    open = new FeatureSums[features];
  }

  private FeaturePage(int features, byte[] packed, int behind) {
    this.features = features;
    this.packed = packed;
    this.behind = behind;
  }

  /** Returns the sums of the feature at {@code place}, for adding values. */
  FeatureSums column(int place) {
    FeatureSums[] columns = open();
    if (columns[place] == null) {
      columns[place] = new FeatureSums();
      touched++;
    }
    return columns[place];
  }

  /** Adds values of weight 1 to the feature at {@code place}; they may be missing. */
  void add(int place, double[] values, int from, int count) {
    FlatSums sums = opened(place / FlatSums.FEATURES);
    int at = place % FlatSums.FEATURES;
    if (!sums.isTouched(at) && open[place] == null) {
      touched++;
    }
    sums.add(at, values, from, count);
    flatValues += count;
    if (flatValues > MAX_FLAT_VALUES) {
      fold();
    }
  }

  private FlatSums opened(int part) {
    open();
    if (flat.length == 0) {
      flat = new FlatSums[(features - 1) / FlatSums.FEATURES + 1];
    }
    if (flat[part] == null) {
      flat[part] = new FlatSums(this, part * FlatSums.FEATURES);
      flatBytes += FlatSums.BYTES;
    }
    return flat[part];
  }

  /** Adds the flat sums to those of the features. */
  private void fold() {
    for (int place = 0; place < features; place++) {
      FlatSums sums = flat(place);
      if (sums != null) {
        open[place] = open[place] == null ? new FeatureSums() : open[place];
        sums.addTo(open[place], place % FlatSums.FEATURES);
      }
    }
    flat = new FlatSums[0];
    flatValues = 0;
    flatBytes = 0;
  }

  int touched() {
    return touched;
  }

  /** The memory of the flat sums. */
  int flatBytes() {
    return flatBytes;
  }

  /** The number of features after the last touched one of a packed page. */
  int behind() {
    return behind;
  }

  boolean isOpen() {
    return open != null;
  }

  /** Returns the sums by place, for reading only; null for an untouched feature. */
  FeatureSums[] columns() {
    if (flatValues > 0) {
      fold();
    }
    return open != null ? open : unpacked();
  }

  /** Adds the sums of {@code right}, which is not changed. */
  void merge(FeaturePage right) {
    FeatureSums[] added = right.columns();
    for (int place = 0; place < features; place++) {
      if (added[place] != null) {
        column(place).merge(added[place]);
      }
    }
  }

  /**
   * Returns these sums without those of {@code part}; neither is changed.
   *
   * @param from the number of the first feature of the page
   * @param rest the number and the weight of the remaining rows; no sums yet
   * @param areWeighted true if some rows have weights other than 1
   * @throws NotAPart if no values have the sums of a feature
   */
  FeaturePage minus(FeaturePage part, int from, Moments rest, boolean areWeighted) {
    FeaturePage page = new FeaturePage(features);
    FeatureSums[] all = columns();
    FeatureSums[] taken = part.columns();
    long rows = rest.rows() - rest.absentRows();
    ExactSum weight = rest.weight().minus(rest.absentWeight());
    for (int place = 0; place < features; place++) {
      if (all[place] != null || taken[place] != null) {
        FeatureSums before = orNone(all[place]);
        FeatureSums less = orNone(taken[place]);
        FeatureSums left = before.minus(less, areWeighted);
        if (less.integers() && !before.integers() || !left.arePossible(rows, weight)) {
          throw NotAPart.ofFeature(from + place);
        }
        page.open[place] = left;
      }
    }
    return page;
  }

  private static FeatureSums orNone(FeatureSums sums) {
    return sums == null ? new FeatureSums() : sums;
  }

  /** Returns a copy; values added to one page do not change the other. */
  FeaturePage copy() {
    if (open == null) {
      return new FeaturePage(features, packed, behind);
    }
    ByteWriter out = new ByteWriter();
    int after = write(0, out);
    return new FeaturePage(features, out.toByteArray(), after);
  }

  /**
   * Writes each touched feature: the number of untouched features before it, then its sums.
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
    for (int place = 0; place < features; place++) {
      FlatSums sums = flat(place);
      if (open[place] == null && sums == null) {
        untouched++;
        continue;
      }
      out.putVarLong(untouched);
      untouched = 0;
      if (open[place] == null) {
        sums.write(place % FlatSums.FEATURES, out);
      } else {
        whole(place, sums).write(out);
      }
    }
    return untouched;
  }

  /**
   * Reads the page whose features come next. Afterwards the position of {@code in} is at the
   * features of a later page, or at the end.
   *
   * @param first the place of the first feature; the position of {@code in} is at its sums
   */
  static FeaturePage read(int features, int first, ByteBuffer in) {
    int from = in.position();
    int place = first;
    FeatureSums.skip(in);
    int to = in.position();
    while (in.hasRemaining()) {
      long next = place + 1 + ByteWriter.getVarLong(in);
      if (next >= features) {
        in.position(to);
        break;
      }
      place = (int) next;
      FeatureSums.skip(in);
      to = in.position();
    }
    ByteWriter out = new ByteWriter();
    out.putVarLong(first);
    out.put(in.duplicate().position(from).limit(to));
    return new FeaturePage(features, out.toByteArray(), features - 1 - place);
  }

  /** Returns the flat sums of the feature at {@code place}; null if there are none. */
  private FlatSums flat(int place) {
    FlatSums sums = flat.length == 0 ? null : flat[place / FlatSums.FEATURES];
    return sums != null && sums.isTouched(place % FlatSums.FEATURES) ? sums : null;
  }

  /** Returns all sums of a feature, the flat ones included. */
  private FeatureSums whole(int place, FlatSums sums) {
    if (sums == null) {
      return open[place];
    }
    FeatureSums whole = new FeatureSums();
    whole.merge(open[place]);
    sums.addTo(whole, place % FlatSums.FEATURES);
    return whole;
  }

  private FeatureSums[] open() {
    if (open == null) {
      open = unpacked();
      packed = null;
    }
    return open;
  }

  private FeatureSums[] unpacked() {
    FeatureSums[] columns = new FeatureSums[features];
    ByteBuffer in = ByteBuffer.wrap(packed);
    for (int place = 0; in.hasRemaining(); place++) {
      place += (int) ByteWriter.getVarLong(in);
      columns[place] = new FeatureSums();
      columns[place].addWritten(in);
    }
    return columns;
  }
}
