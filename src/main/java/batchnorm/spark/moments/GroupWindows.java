package batchnorm.spark.moments;

import java.util.Arrays;

/**
 * Exact sums of many groups of rows of weight 1, in a few words per feature: the fast path for
 * ordinary values.
 *
 * <p>Every feature has one {@link Window} unit for all groups, chosen by the values of the first
 * rows. A value outside the window is passed to {@link Outside}. NaN is counted. The first rows of
 * a group are kept and packed unsummed, since sums take four times the memory of a value.
 */
public final class GroupWindows {
  private static final int PAGE_WORDS = 1 << 14;

  /**
   * Number of rows whose words are prefetched together; the next constant limits the words of each.
   */
  private static final int READ_AHEAD = 16;

  private static final int MOST_READ_AHEAD = 128;
  private static final int CACHE_LINE = 8;

  private final int size;

  /** Number of words of a group: the number of its rows, then the words of its features. */
  private final int stride;

  /** Binary logarithm of the number of groups in a page. */
  private final int pageBits;

  private long[][] pages = {};
  private final int[] units;

  /** Buffer for the first rows of a group while they are summed. */
  private final long[] few;

  /** Number of pages that hold groups. */
  private int usedPages;

  /** True once the windows are placed; they stay until the groups are cleared. */
  private boolean placed;

  /** Target of prefetched words, so that the compiler does not remove the reads. */
  @SuppressWarnings("unused")
  private long sink;

  public GroupWindows(int size) {
    this.size = size;
    stride = Math.addExact(1, Math.multiplyExact(Window.WORDS, size));
    pageBits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.max(1, PAGE_WORDS / stride));
    units = new int[size];
    few = new long[FeatureSums.FEW * size];
  }

  /** Receiver of values outside the windows. */
  public interface Outside {
    public void add(int group, int j, double value);
  }

  /**
   * Adds rows.
   *
   * @param values the features, row after row
   * @param groups the group of each row
   */
  public void add(double[] values, int[] groups, int rows, Outside outside) {
    if (!placed) {
      placeWindows(values, rows);
    }
    for (int from = 0; from < rows; from += READ_AHEAD) {
      int to = Math.min(from + READ_AHEAD, rows);
      readAhead(groups, from, to);
      for (int i = from; i < to; i++) {
        int group = groups[i];
        addRow(values, i * size, pages[group >> pageBits], start(group), group, outside);
      }
    }
  }

  /** Prefetches some words of the next rows, and allocates their pages. */
  private void readAhead(int[] groups, int from, int to) {
    long read = 0;
    int words = Math.min(stride, MOST_READ_AHEAD);
    for (int i = from; i < to; i++) {
      long[] page = page(groups[i]);
      int start = start(groups[i]);
      for (int k = 0; k < words; k += CACHE_LINE) {
        read += page[start + k];
      }
    }
    sink = read;
  }

  private int start(int group) {
    return (group & (1 << pageBits) - 1) * stride;
  }

  private void addRow(
      double[] values, int from, long[] words, int start, int group, Outside outside) {
    long before = words[start]++;
    if (before < FeatureSums.FEW) {
      keepRow(values, from, words, start + 1 + (int) before * size);
      return;
    }
    if (before == FeatureSums.FEW) {
      sumFew(words, start + 1, group, outside);
    }
    int at = start + 1;
    for (int j = 0; j < size; j++, at += Window.WORDS) {
      double value = values[from + j];
      if (!Window.add(words, at, units[j], value)) {
        outside.add(group, j, value);
      }
    }
  }

  private void keepRow(double[] values, int from, long[] words, int at) {
    for (int j = 0; j < size; j++) {
      words[at + j] = Double.doubleToRawLongBits(values[from + j]);
    }
  }

  /** Replaces the first rows by their sums. */
  private void sumFew(long[] words, int start, int group, Outside outside) {
    System.arraycopy(words, start, few, 0, few.length);
    Arrays.fill(words, start, start + few.length, 0);
    for (int j = 0, at = start; j < size; j++, at += Window.WORDS) {
      Window.start(words, at);
      for (int i = j; i < few.length; i += size) {
        double value = Double.longBitsToDouble(few[i]);
        if (!Window.add(words, at, units[j], value)) {
          outside.add(group, j, value);
        }
      }
    }
  }

  /** The number of rows that were added to {@code group}. */
  public long rows(int group) {
    return group >> pageBits < usedPages ? pages[group >> pageBits][start(group)] : 0;
  }

  /** Returns the group's moments in the format of {@link Moments#pack}. */
  public byte[] pack(int group, ByteWriter out) {
    long[] words = page(group);
    int start = start(group);
    Moments.startPacked(size, words[start], out);
    if (words[start] <= FeatureSums.FEW) {
      writeFew(words, start + 1, (int) words[start], out);
    } else {
      writeSums(words, start + 1, out);
    }
    return out.toByteArray();
  }

  /** Writes the unsummed rows, without zeros. */
  private void writeFew(long[] words, int start, int rows, ByteWriter out) {
    int next = 0;
    for (int j = 0; j < size; j++) {
      int kept = 0;
      int notANumber = 0;
      int infinite = 0;
      for (int i = 0, at = start + j; i < rows; i++, at += size) {
        double value = Double.longBitsToDouble(words[at]);
        if (Double.isNaN(value)) {
          notANumber++;
        } else if (Double.isInfinite(value)) {
          infinite++;
        } else if (value != 0) {
          few[kept++] = words[at];
        }
      }
      if (kept + notANumber + infinite > 0) {
        out.putVarLong(j - next);
        FeatureSums.writeFew(few, 0, kept, notANumber, infinite, out);
        next = j + 1;
      }
    }
  }

  private void writeSums(long[] words, int start, ByteWriter out) {
    int next = 0;
    for (int j = 0, at = start; j < size; j++, at += Window.WORDS) {
      if (!Window.isZero(words, at) || Window.notANumber(words, at) > 0) {
        out.putVarLong(j - next);
        FeatureSums.write(words, at, units[j], out);
        next = j + 1;
      }
    }
  }

  /** Memory of the words, in bytes. */
  public long heldBytes() {
    return ((long) usedPages << pageBits) * stride * Long.BYTES;
  }

  /** Discards all groups; the next rows place the windows again. */
  public void clear() {
    for (int page = 0; page < usedPages; page++) {
      Arrays.fill(pages[page], 0);
    }
    usedPages = 0;
    placed = false;
  }

  private long[] page(int group) {
    int page = group >> pageBits;
    if (page >= usedPages) {
      usePagesTo(page);
    }
    return pages[page];
  }

  private void usePagesTo(int last) {
    if (last >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(last + 1, 2 * pages.length));
    }
    for (int page = usedPages; page <= last; page++) {
      if (pages[page] == null) {
        pages[page] = new long[Math.multiplyExact(1 << pageBits, stride)];
      }
    }
    usedPages = last + 1;
  }

  private void placeWindows(double[] values, int rows) {
    for (int j = 0; j < size; j++) {
      double largest = 0;
      for (int i = 0; i < rows; i++) {
        double x = Math.abs(values[i * size + j]);
        largest = x <= Double.MAX_VALUE && x > largest ? x : largest;
      }
      units[j] = Window.unit(Math.getExponent(largest) + 1);
    }
    placed = true;
  }
}
