package batchnorm.spark.moments;

/**
 * Sums of neighbouring features that have few values each, of weight 1, without one object for each
 * feature. The first three values are kept as they are; later ones are summed in a {@link Window}
 * placed by the first.
 */
final class FlatSums {
  /** Number of features in an object: few, since sparse rows may touch only one of them. */
  static final int FEATURES = 8;

  /** The memory of an object of this class. */
  static final int BYTES = 640;

  /**
   * Number of words of a feature: those of its window, then {@link #kept} with the unit above it.
   */
  private static final int WORDS = Window.WORDS + 1;

  /** Bits left free above the first values for larger ones, if there are few values. */
  private static final int HEADROOM_BITS = Byte.SIZE;

  /** Number of values from which a window is placed right above the largest. */
  private static final int MANY = 8;

  private static final int KEPT = Window.WORDS;
  private static final int KEPT_MASK = 0xff;

  /**
   * Value of {@link #kept} once the window is placed; before, it is the number of values plus 1.
   */
  private static final int PLACED = FeatureSums.FEW + 2;

  private final FeaturePage page;
  private final int first;
  private final long[] words = new long[FEATURES * WORDS];

  /**
   * Returns empty sums.
   *
   * @param page the page that receives values outside the windows
   * @param first the place of the first feature in the page
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

  /** Adds values, which may be missing. */
  void add(int place, double[] values, int from, int count) {
    int to = from + count;
    if (kept(place) != PLACED && keptCount(place) + count > FeatureSums.FEW) {
      placeWindow(place, values, from, to);
    }
    if (kept(place) == PLACED) {
      addToWindow(place, values, from, to);
      return;
    }
    for (int i = from; i < to; i++) {
      keep(place, values[i]);
    }
  }

  private int keptCount(int place) {
    return Math.max(0, kept(place) - 1);
  }

  private void addToWindow(int place, double[] values, int from, int to) {
    int unit = unit(place);
    for (int i = from; i < to; i++) {
      if (!Window.add(words, place * WORDS, unit, values[i])) {
        page.column(first + place).add(values[i]);
      }
    }
  }

  private void keep(int place, double x) {
    int at = place * WORDS;
    int count = keptCount(place);
    if (Double.isNaN(x)) {
      words[at + KEPT] = count + 1;
      Window.addNotANumber(words, at);
    } else if (Double.isInfinite(x)) {
      page.column(first + place).add(x);
    } else if (count < FeatureSums.FEW) {
      words[at + count] = Double.doubleToRawLongBits(x);
      words[at + KEPT] = count + 2;
    }
    // Here a further value is 0 and adds nothing, see placeWindow.
  }

  /** Places the window by the values so far and the next ones, unless all are 0. */
  private void placeWindow(int place, double[] values, int from, int to) {
    double largest = 0;
    for (int i = from; i < to; i++) {
      double x = Math.abs(values[i]);
      largest = x <= Double.MAX_VALUE && x > largest ? x : largest;
    }
    if (largest == 0) {
      return;
    }
    int at = place * WORDS;
    double[] few = new double[keptCount(place)];
    for (int i = 0; i < few.length; i++) {
      few[i] = Double.longBitsToDouble(words[at + i]);
      largest = Math.max(largest, Math.abs(few[i]));
      words[at + i] = 0;
    }
    int headroom = to - from < MANY ? HEADROOM_BITS : 0;
    int top = Math.getExponent(largest) + 1 + headroom;
    Window.start(words, at);
    words[at + KEPT] = PLACED | (long) Window.unit(top) << Byte.SIZE;
    addToWindow(place, few, 0, few.length);
  }

  /** Writes a feature in the format of {@link FeatureSums#write(ByteWriter)}. */
  void write(int place, ByteWriter out) {
    int at = place * WORDS;
    if (kept(place) == PLACED) {
      FeatureSums.write(words, at, unit(place), out);
    } else {
      FeatureSums.writeFew(words, at, kept(place) - 1, Window.notANumber(words, at), 0, out);
    }
  }

  /** Adds a feature to {@code column}. */
  void addTo(FeatureSums column, int place) {
    int at = place * WORDS;
    if (kept(place) == PLACED) {
      column.addToSum(words[at + 1], words[at], unit(place));
      column.addToSquares(words[at + 4], words[at + 3], words[at + 2], 2 * unit(place));
      column.addExtremes(Window.min(words, at), Window.max(words, at), Window.values(words, at));
    } else {
      for (int i = 0; i < kept(place) - 1; i++) {
        column.add(Double.longBitsToDouble(words[at + i]));
      }
    }
    column.addRepeated(Double.NaN, Window.notANumber(words, at));
  }
}
