package batchnorm.spark.moments;

/**
 * The sums of neighbouring features that have few values each, of weight 1, without an object a
 * feature: the first three values as they are, then a {@link Window} that is placed by those.
 */
final class FlatSums {
  /** Number of features in an object: few, as sparse rows may touch only one of them. */
  static final int FEATURES = 8;

  /** The memory of an object of this class. */
  static final int BYTES = 512;

  /** The words of a feature: those of its window, then {@link #kept} with the unit above it. */
  private static final int WORDS = Window.WORDS + 1;

  /** Bits above the first values that are left free for larger ones. */
  private static final int HEADROOM_BITS = Byte.SIZE;

  private static final int KEPT = Window.WORDS;
  private static final int KEPT_MASK = 0xff;

  /** The value of {@link #kept} once the window is placed; before, the number of values plus 1. */
  private static final int PLACED = ColumnSums.FEW + 2;

  private final FeaturePage page;
  private final int first;
  private final long[] words = new long[FEATURES * WORDS];

  /**
   * Returns sums of no values.
   *
   * @param page takes the values that lie outside of windows
   * @param first the place there of the first of the features
   */
  FlatSums(FeaturePage page, int first) {
    this.page = page;
    this.first = first;
  }

  boolean isTouched(int place) {
    return kept(place) != 0;
  }

  private int kept(int place) {
    return (int) words[place * WORDS + KEPT] & KEPT_MASK;
  }

  private int unit(int place) {
    return (int) (words[place * WORDS + KEPT] >> Byte.SIZE);
  }

  /** Adds a value, which may be missing. */
  void add(int place, double x) {
    int kept = kept(place);
    if (kept == PLACED) {
      addToWindow(place, x);
    } else if (Double.isNaN(x)) {
      words[place * WORDS + KEPT] = Math.max(1, kept);
      words[place * WORDS + Window.NOT_A_NUMBER]++;
    } else if (Double.isInfinite(x)) {
      page.column(first + place).add(x);
    } else {
      keep(place, Math.max(0, kept - 1), x);
    }
  }

  private void addToWindow(int place, double x) {
    if (!Window.add(words, place * WORDS, unit(place), x)) {
      page.column(first + place).add(x);
    }
  }

  private void keep(int place, int count, double x) {
    int at = place * WORDS;
    if (count < ColumnSums.FEW) {
      words[at + count] = Double.doubleToRawLongBits(x);
      words[at + KEPT] = count + 2;
      return;
    }
    if (x == 0) {
      // It adds nothing, and says nothing of where the window is to be.
      return;
    }
    double largest = Math.abs(x);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = Double.longBitsToDouble(words[at + i]);
      largest = Math.max(largest, Math.abs(values[i]));
      words[at + i] = 0;
    }
    int top = Math.getExponent(largest) + 1 + HEADROOM_BITS;
    words[at + KEPT] = PLACED | (long) Window.unit(top) << Byte.SIZE;
    for (double value : values) {
      addToWindow(place, value);
    }
    addToWindow(place, x);
  }

  /** Writes a feature as {@link ColumnSums#write(ByteWriter)} does. */
  void write(int place, ByteWriter out) {
    int at = place * WORDS;
    long notANumber = words[at + Window.NOT_A_NUMBER];
    if (kept(place) == PLACED) {
      ColumnSums.write(words, at, unit(place), notANumber, out);
    } else {
      ColumnSums.writeFew(words, at, kept(place) - 1, notANumber, 0, out);
    }
  }

  /** Adds a feature to {@code column}. */
  void addTo(ColumnSums column, int place) {
    int at = place * WORDS;
    if (kept(place) == PLACED) {
      column.addToSum(words[at + 1], words[at], unit(place));
      column.addToSquares(words[at + 4], words[at + 3], words[at + 2], 2 * unit(place));
    } else {
      for (int i = 0; i < kept(place) - 1; i++) {
        column.add(Double.longBitsToDouble(words[at + i]));
      }
    }
    column.addRepeated(Double.NaN, words[at + Window.NOT_A_NUMBER]);
  }
}
