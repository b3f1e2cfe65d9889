package batchnorm.spark.moments;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Mergeable exact sums of each feature: n, sum of w x, sum of w x<sup>2</sup>, and the smallest and
 * the greatest x. Each partition computes one; mean and variance are computed from the merged one.
 *
 * <p>The sums are exact, see {@link ExactSum}: the result does not depend on the order and the
 * grouping of rows. Weights are frequencies: without weights, the sum of weights is the number of
 * rows.
 *
 * <ul>
 *   <li>Empty moments fit any number of features; the first row sets the number.
 *   <li>NaN and infinite values are counted, never added.
 *   <li>A sparse row touches only its stored entries, since a zero adds nothing to a sum. Untouched
 *       features take almost no memory.
 *   <li>{@link #merge} changes and returns the left side and never touches the right.
 * </ul>
 */
public final class Moments implements Serializable {
  private static final long serialVersionUID = 2L;

  /** Number of features in a page; the last page may have fewer. */
  public static final int PAGE = 1 << 12;

  private static final int UNKNOWN = -1;
  private static final int BYTES_A_VALUE = 128;
  private static final int BYTES_A_FEATURE = 256;
  private static final long BYTES_A_PLACE = 4;
  private static final int SIZED = 1;
  private static final int WEIGHTED = 2;
  private static final int ABSENT = 4;
  private static final int TAKEN_OUT = 8;

  /** The sums of a feature that was not touched. */
  private static final FeatureSums ZERO = new FeatureSums();

  private int size = UNKNOWN;

  /** Number of rows, including sparse ones and those without any value. */
  private long rows;

  /** Sum of the rows' weights; null while all of them are 1. */
  private ExactSum weight;

  /** Number of rows whose vector is null. */
  private long absentRows;

  /** Sum of the weights of these rows; null while all of them are 1. */
  private ExactSum absentWeight;

  /** Pages of the features' sums; a page is null if none of its features was touched. */
  private FeaturePage[] pages;

  /** Number of features touched by added rows, not by merged or read moments. */
  private int touched;

  /** Number of features in the pages that added rows opened. */
  private long openPlaces;

  /** The memory of the flat sums of open pages. */
  private long flatBytes;

  /** The last page read, unpacked: neighbouring features are often read next. */
  private Reading lastRead;

  private record Reading(FeaturePage page, FeatureSums[] columns) {}

  private Moments() {}

  /** Returns the moments of no rows. */
  public static Moments empty() {
    return new Moments();
  }

  /** Number of rows whose vector is null. */
  public long absentRows() {
    return absentRows;
  }

  /** The number of features, or 0 before the first row that has features. */
  public int size() {
    return Math.max(size, 0);
  }

  /** Adds the rows of a block; its NaN and infinite values are counted as missing. */
  public void addBlock(RowBlock block) {
    if (block.rows() == 0) {
      return;
    }
    sizeTo(block.size());
    block.end();
    for (int j = 0; j < size; j++) {
      if (block.hasFewRows()) {
        block.addTo(this, j);
      } else {
        block.addTo(column(j), j);
      }
    }
    if (block.weights().isPresent()) {
      addRows(block.weights().get(), block.rows());
    } else {
      addRows(block.rows());
    }
  }

  /**
   * Adds a sparse row: {@code values[k]} is feature {@code indices[k]}, every other feature is 0.
   *
   * @param features the row's number of features
   * @param indices the indices of the stored features, each at most once
   * @param values the stored values, as many as {@code indices}
   * @param rowWeight the row's weight, above 0 and finite
   */
  public void addSparse(int features, int[] indices, double[] values, double rowWeight) {
    sizeTo(features);
    for (int k = 0; k < indices.length; k++) {
      if (rowWeight == 1) {
        add(indices[k], values, k, 1);
      } else {
        column(indices[k]).add(values[k], rowWeight);
      }
    }
    addRow(rowWeight);
  }

  /** Adds a row whose vector is null: all its features are missing. */
  public void addAbsent(double rowWeight) {
    addRow(rowWeight);
    if (absentWeight == null && rowWeight != 1) {
      absentWeight = ExactSum.of(absentRows);
    }
    if (absentWeight != null) {
      absentWeight.add(rowWeight);
    }
    absentRows++;
  }

  /**
   * Adds the rows of {@code right} to these.
   *
   * @return this
   * @throws IllegalArgumentException if the numbers of features differ; empty moments fit any
   *     number
   * @throws RowCountOverflow if there are more rows than a long counts
   */
  public Moments merge(Moments right) {
    if (right.size != UNKNOWN) {
      sizeTo(right.size);
      for (int page = 0; page < pages.length; page++) {
        mergePage(page, right.pages[page]);
      }
    }
    addCounts(right);
    return this;
  }

  /** Adds the number and the weights of the rows of {@code right}. */
  private void addCounts(Moments right) {
    if (weight != null || right.weight != null) {
      weight = weight();
      weight.add(right.weight());
    }
    if (absentWeight != null || right.absentWeight != null) {
      absentWeight = absentWeight();
      absentWeight.add(right.absentWeight());
    }
    rows = sum(rows, right.rows);
    absentRows += right.absentRows;
  }

  /** Returns the moments of these rows and those of {@code other}; neither is changed. */
  public Moments plus(Moments other) {
    return empty().merge(this).merge(other);
  }

  /**
   * Returns the moments of these rows without those of {@code part}; neither is changed. They are
   * those of the remaining rows, but for the extremes, which are unknown unless all values are 0,
   * and one mark: if some values of both were longs beyond 2^53, the rest counts as having some
   * unless it is unweighted and has no squares that large.
   *
   * @throws IllegalArgumentException if the numbers of features differ
   * @throws NotAPart if no rows could remain: a number, a weight or a sum of squares would be
   *     negative, or smaller than its values allow
   */
  public Moments minus(Moments part) {
    if (part.rows == 0) {
      // All values remain, and their extremes.
      return plus(part);
    }
    Moments rest = rowsAfter(part);
    if (rest.absentRows < 0
        || rest.rows < rest.absentRows
        || rest.absentWeight().signum() != Long.signum(rest.absentRows)
        || rest.weight().signum() != Long.signum(rest.rows)
        || rest.weight().minus(rest.absentWeight()).signum()
            != Long.signum(rest.rows - rest.absentRows)) {
      throw NotAPart.ofRows();
    }
    for (Moments sized : List.of(this, part)) {
      if (sized.size != UNKNOWN) {
        rest.sizeTo(sized.size);
      }
    }
    boolean areWeighted = isWeighted() || part.isWeighted();
    for (int page = 0; page < rest.pages(); page++) {
      if (isTouched(page) || part.isTouched(page)) {
        FeaturePage untouched = new FeaturePage(featuresOf(rest.size, page));
        FeaturePage all = isTouched(page) ? pages[page] : untouched;
        FeaturePage taken = part.isTouched(page) ? part.pages[page] : untouched;
        // Rows of zeros touch no page, and fewer rows may be too few for its sums.
        rest.pages[page] = all.minus(taken, page * PAGE, rest, areWeighted);
      }
    }
    return rest;
  }

  private boolean isTouched(int page) {
    return size != UNKNOWN && pages[page] != null;
  }

  /** Returns the number and the weight of the rows added since {@code before}, without features. */
  public Moments rowsAfter(Moments before) {
    Moments rest = new Moments();
    rest.rows = rows - before.rows;
    rest.absentRows = absentRows - before.absentRows;
    if (weight != null || before.weight != null) {
      rest.weight = weight().minus(before.weight());
    }
    if (absentWeight != null || before.absentWeight != null) {
      rest.absentWeight = absentWeight().minus(before.absentWeight());
    }
    return rest;
  }

  private void mergePage(int page, FeaturePage right) {
    if (right != null && pages[page] == null) {
      pages[page] = right.copy();
    } else if (right != null) {
      pages[page].merge(right);
    }
  }

  /** Returns mean and variance of every feature, each rounded once. */
  public Statistics statistics() {
    return Statistics.of(this);
  }

  /**
   * Returns moments without features, which {@link #set} then sets.
   *
   * @param size the number of features
   * @param rows the number of rows
   * @param weight their total weight
   */
  public static Moments of(int size, long rows, Dyadic weight) {
    Moments moments = new Moments();
    moments.sizeTo(size);
    moments.rows = rows;
    moments.weight = ExactSum.of(weight);
    return moments;
  }

  /** Sets the sums of feature {@code j}; if all values are 0, nothing is stored. */
  public void set(int j, SavedSums saved) {
    if (!saved.isZero()) {
      column(j).set(saved, rows - saved.notANumber() - saved.infinite());
    }
  }

  /**
   * Returns the moments of the same rows with some of the features; the others are untouched. The
   * result shares memory with these moments: it is for sending and reading only.
   *
   * @param from the first feature, a multiple of {@link #PAGE}
   * @param to the feature after the last: a multiple of {@link #PAGE} or the number of features
   */
  public Moments slice(int from, int to) {
    Moments slice = new Moments();
    slice.sizeTo(size);
    slice.rows = rows;
    slice.weight = weight;
    slice.absentRows = absentRows;
    slice.absentWeight = absentWeight;
    int first = from / PAGE;
    System.arraycopy(pages, first, slice.pages, first, (to - 1) / PAGE + 1 - first);
    return slice;
  }

  /** Adds the sums of other features of the same rows, and returns this. */
  public Moments join(Moments other) {
    for (int page = 0; page < pages.length; page++) {
      mergePage(page, other.pages[page]);
    }
    return this;
  }

  /** Returns whether any feature of the slice was touched. */
  public boolean touches(int from, int to) {
    return from < to
        && Arrays.stream(pages, from / PAGE, (to - 1) / PAGE + 1).anyMatch(Objects::nonNull);
  }

  /** The number of rows. */
  public long rows() {
    return rows;
  }

  /** The total weight of the rows, rounded; without weights, the number of rows. */
  public double totalWeight() {
    return weight == null ? rows : weight.doubleValue();
  }

  /** Returns the number of rows and their total weight. */
  public SampleSize sampleSize() {
    return new SampleSize(rows, totalWeight());
  }

  /** Returns the number of values of feature {@code j} and their total weight. */
  public SampleSize sampleSize(int j) {
    return new SampleSize(values(j), weight().minus(missingWeight(j)).doubleValue());
  }

  /** Returns the total weight of the rows, rounded to an integer; a long is exact beyond 2^53. */
  public long count() {
    return weight == null ? rows : rowWeight().rounded();
  }

  /** Returns the total weight of the values of feature {@code j}, rounded to an integer. */
  public long count(int j) {
    return weight == null
        ? rows - missing(j)
        : weight().minus(missingWeight(j)).toDyadic().rounded();
  }

  /**
   * Returns the total weight of the rows without a value of feature {@code j}, rounded to an
   * integer.
   */
  public long missing(int j) {
    return weight == null ? notANumber(j) + infinite(j) : missingWeight(j).toDyadic().rounded();
  }

  private ExactSum missingWeight(int j) {
    return sums(j).missingWeight().plus(absentWeight());
  }

  /** Returns whether the total weight differs from the number of rows. */
  public boolean isWeighted() {
    return weight != null && weight.minus(ExactSum.of(rows)).signum() != 0;
  }

  /** Number of rows with null or NaN for feature {@code j}, including rows whose vector is null. */
  public long notANumber(int j) {
    return absentRows + sums(j).notANumber();
  }

  /** Number of rows with an infinite value of feature {@code j}. */
  public long infinite(int j) {
    return sums(j).infinite();
  }

  /**
   * Returns the smallest value of feature {@code j} as a double, to which a long beyond 2^53 is
   * rounded. Missing and infinite values do not count. It is NaN if there is no value, or if it is
   * unknown: after {@link #minus}, and for sums that were saved without it, unless all values are
   * 0.
   */
  public double min(int j) {
    return sums(j).min(values(j));
  }

  /** Returns the greatest value of feature {@code j} in the same way. */
  public double max(int j) {
    return sums(j).max(values(j));
  }

  /** The number of rows with a value of feature {@code j}. */
  private long values(int j) {
    return rows - notANumber(j) - infinite(j);
  }

  /** Returns whether some feature had longs beyond 2^53. */
  public boolean hasIntegers() {
    for (int page = 0; page < pages(); page++) {
      FeatureSums[] columns = page(page).orElseGet(() -> new FeatureSums[0]);
      if (Arrays.stream(columns).anyMatch(column -> column != null && column.integers())) {
        return true;
      }
    }
    return false;
  }

  /** The exact total weight of the rows. */
  public Dyadic rowWeight() {
    return weight().toDyadic();
  }

  /** Returns the exact sums of feature {@code j}; a null vector counts as a missing value. */
  public SavedSums feature(int j) {
    FeatureSums column = sums(j);
    FeatureSums summed = column.summed();
    return new SavedSums(
        summed.sum().toDyadic(),
        summed.squares().toDyadic(),
        column.notANumber() + absentRows,
        column.infinite(),
        missingWeight(j).toDyadic(),
        column.integers(),
        min(j),
        max(j));
  }

  /** Adds {@code count} values of feature {@code j}; the rows are added separately. */
  public void addColumn(int features, int j, double[] values, int count, BlockSums sums) {
    addColumn(features, j, values, 0, count, sums);
  }

  /** Adds {@code count} values, starting at {@code values[from]}. */
  void addColumn(int features, int j, double[] values, int from, int count, BlockSums sums) {
    sizeTo(features);
    sums.add(values, from, count, column(j));
  }

  /** Adds the values of weighted rows; {@code sums} has their weights. */
  public void addColumn(int features, int j, double[] values, WeightedSums sums) {
    sizeTo(features);
    sums.add(values, 0, column(j));
  }

  /**
   * Adds the first {@code count} of {@code values} to feature {@code j}; they are longs of any
   * size.
   *
   * @see #addColumn(int, int, double[], int, BlockSums)
   */
  public void addColumn(int features, int j, long[] values, int count, BlockSums sums) {
    sizeTo(features);
    sums.addIntegers(values, count, column(j));
  }

  /** Adds a value of weight 1 to feature {@code j} {@code count} times; it may be missing. */
  public void addRepeated(int features, int j, double value, long count) {
    sizeTo(features);
    column(j).addRepeated(value, count);
  }

  /** Adds a long of any size to feature {@code j} {@code count} times. */
  public void addRepeatedLong(int features, int j, long value, long count) {
    addRepeated(features, j, ExactLong.high(value), count);
    column(j).addRest(ExactLong.high(value), ExactLong.rest(value), count);
  }

  /** Adds the rests of values already added, see {@link FeatureSums#addRests}. */
  public void addRests(int j, double[] values, long[] rests, int count) {
    column(j).addRests(values, 0, rests, 0, count);
  }

  /** Adds the rests of weighted values. */
  public void addRests(int j, double[] values, long[] rests, double[] weights, int count) {
    column(j).addRests(values, 0, rests, 0, weights, count);
  }

  /**
   * Returns the moments as bytes. Tasks exchange them in this format.
   *
   * <pre>
   *   flags           1 byte   1: the number of features follows; 2: weights; 4: rows without a vector
   *                            8: to be taken out, see {@link #areTakenOut}
   *   features        varint   if flag 1
   *   rows            varint
   *   weight          sum      of all rows, if flag 2; without it every row has weight 1
   *   absent rows     varint   those without a vector, and
   *   absent weight   sum      theirs, if flag 4
   *
   *   to the end, for every feature that was touched, in order:
   *   untouched       varint   the number of features since the one before
   *   flags           1 byte   1: values are missing; 2: their weights; 4: sums;
   *                            8, 16: the number of values, if there are so few that none was
   *                            summed; 32: there were longs beyond 2^53; 64: extremes
   *   values          8 bytes  each, a double
   *   sum, squares    sum      two, if flag 4
   *   min, max        8 bytes  each, a double, NaN if they are unknown, if flag 64, and
   *                   varint   the number of values that they cover: the others are 0
   *   missing         8 bytes  the number of rows with NaN or null, if flag 1, and
   *                   8 bytes  that of those with an infinite value
   *   missing weight  sum      if flag 2
   * </pre>
   *
   * A varint has seven bits a byte, the lowest first, and the high bit set on all bytes but the
   * last. A sum is an exponent in bytes (2 bytes), a number of bytes (2 bytes), and as many bytes
   * of an integer, two's complement, the highest first: the integer times {@code 256^exponent}. A
   * feature that is left out has only zeros. All numbers are big-endian.
   */
  public byte[] pack() {
    return pack(new ByteWriter());
  }

  /** Returns the same bytes; the contents of {@code out} are overwritten. */
  public byte[] pack(ByteWriter out) {
    out.clear();
    write(out);
    return out.toByteArray();
  }

  /** Writes the bytes of {@link #pack()}; nothing may be written after them. */
  public void write(ByteWriter out) {
    out.putByte(
        (size != UNKNOWN ? SIZED : 0)
            | (weight != null ? WEIGHTED : 0)
            | (absentRows > 0 ? ABSENT : 0));
    if (size != UNKNOWN) {
      out.putVarLong(size);
    }
    out.putVarLong(rows);
    if (weight != null) {
      weight.write(out);
    }
    if (absentRows > 0) {
      out.putVarLong(absentRows);
      absentWeight().write(out);
    }
    for (int page = 0, untouched = 0; page < pages(); page++) {
      untouched =
          pages[page] == null
              ? untouched + featuresOf(size, page)
              : pages[page].write(untouched, out);
    }
  }

  /** Reads packed moments; pages stay packed until rows are added to them. */
  public static Moments unpack(ByteBuffer in) {
    Moments read = readCounts(in);
    if (read.size != UNKNOWN) {
      read.pages = new FeaturePage[pagesOf(read.size)];
    }
    for (int next = 0; in.hasRemaining(); ) {
      int j = next + (int) ByteWriter.getVarLong(in);
      int page = j / PAGE;
      int features = featuresOf(read.size, page);
      read.pages[page] = FeaturePage.read(features, j % PAGE, in);
      next = page * PAGE + features - read.pages[page].behind();
    }
    return read;
  }

  /** Writes the start of packed moments: {@code rows} rows of weight 1. */
  static void startPacked(int size, long rows, ByteWriter out) {
    out.clear();
    out.putByte(SIZED);
    out.putVarLong(size);
    out.putVarLong(rows);
  }

  /**
   * Adds moments packed by {@link #pack} and returns true; if their number of features differs,
   * adds nothing and returns false.
   */
  public boolean mergePacked(byte[] packed) {
    return mergePacked(ByteBuffer.wrap(packed));
  }

  /** Adds packed moments, the remaining bytes of {@code in}, in the same way. */
  public boolean mergePacked(ByteBuffer in) {
    Moments counts = readCounts(in);
    if (!hasSizeOf(counts)) {
      return false;
    }
    if (counts.size != UNKNOWN) {
      sizeTo(counts.size);
    }
    addCounts(counts);
    for (int next = 0; in.hasRemaining(); next++) {
      next += (int) ByteWriter.getVarLong(in);
      int few = FeatureSums.few(in);
      if (few > 0) {
        addFew(next, few, in);
      } else {
        column(next).addWritten(in);
      }
    }
    return true;
  }

  /** Changes packed moments to ones that are to be taken out of others. */
  public static void markAsTakenOut(byte[] packed) {
    packed[0] |= TAKEN_OUT;
  }

  /** Returns whether packed moments are to be taken out of others. */
  public static boolean areTakenOut(byte[] packed) {
    return (packed[0] & TAKEN_OUT) != 0;
  }

  /** Returns the number and the total weight of the rows of moments packed by {@link #pack}. */
  public static SampleSize packedSize(byte[] packed) {
    return readCounts(ByteBuffer.wrap(packed)).sampleSize();
  }

  /** Adds unsummed values to flat sums, which need no object for each feature. */
  private void addFew(int j, int count, ByteBuffer in) {
    in.get();
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getDouble();
    }
    add(j, values, 0, count);
  }

  /** Reads everything before the features; pages are not created. */
  private static Moments readCounts(ByteBuffer in) {
    Moments counts = new Moments();
    int flags = in.get();
    if ((flags & SIZED) != 0) {
      counts.size = (int) ByteWriter.getVarLong(in);
    }
    counts.rows = ByteWriter.getVarLong(in);
    if ((flags & WEIGHTED) != 0) {
      counts.weight = ExactSum.read(in);
    }
    if ((flags & ABSENT) != 0) {
      counts.absentRows = ByteWriter.getVarLong(in);
      counts.absentWeight = ExactSum.read(in);
    }
    return counts;
  }

  private Object writeReplace() {
    return new Packed(pack());
  }

  /** Serialized form: the packed bytes. */
  private record Packed(byte[] bytes) implements Serializable {
    private Object readResolve() {
      return unpack(ByteBuffer.wrap(bytes));
    }
  }

  /** Adds a row of {@code features} values, starting at {@code values[from]}. */
  public void addDense(int features, double[] values, int from, double rowWeight) {
    sizeTo(features);
    for (int j = 0; j < features; j++) {
      if (rowWeight == 1) {
        column(j).add(values[from + j]);
      } else {
        column(j).add(values[from + j], rowWeight);
      }
    }
    addRow(rowWeight);
  }

  /** Adds one value of weight 1 to feature {@code j}; the row is added separately. */
  public void addValue(int features, int j, double value) {
    sizeTo(features);
    column(j).add(value);
  }

  /** Adds the rest of a value that is added separately, possibly to other moments. */
  public void addRest(int features, int j, double value, long rest, double rowWeight) {
    sizeTo(features);
    column(j).addRest(value, rest, rowWeight);
  }

  private static long sum(long rows, long others) {
    if (others > Long.MAX_VALUE - rows) {
      throw RowCountOverflow.raised();
    }
    return rows + others;
  }

  /** Adds rows of weight 1; their features are added separately. */
  public void addRows(long count) {
    rows += count;
    if (weight != null) {
      weight.add(count, 0);
    }
  }

  /** Adds rows of these weights; their features are added separately. */
  public void addRows(double[] weights, int count) {
    for (int i = 0; i < count; i++) {
      addRow(weights[i]);
    }
  }

  private void addRow(double rowWeight) {
    if (weight == null && rowWeight != 1) {
      weight = weight();
    }
    rows++;
    if (weight != null) {
      weight.add(rowWeight);
    }
  }

  /** Total weight of all rows. */
  ExactSum weight() {
    return weight == null ? ExactSum.of(rows) : weight;
  }

  /** Total weight of the rows whose vector is null. */
  ExactSum absentWeight() {
    return absentWeight == null ? ExactSum.of(absentRows) : absentWeight;
  }

  /** Number of pages of features. */
  int pages() {
    return size == UNKNOWN ? 0 : pages.length;
  }

  /**
   * Returns the sums of a page's features by place, for reading only; empty if none was touched.
   */
  Optional<FeatureSums[]> page(int page) {
    return Optional.ofNullable(pages[page]).map(FeaturePage::columns);
  }

  /** Number of features touched by rows added to this object. */
  public int touched() {
    return touched;
  }

  /** Returns whether both have the same number of features, or one is empty. */
  public boolean hasSizeOf(Moments other) {
    return size == UNKNOWN || other.size == UNKNOWN || size == other.size;
  }

  /** Approximate memory, in bytes, of the rows added to this object. */
  public long heldBytes() {
    return BYTES_A_VALUE
        + (long) BYTES_A_FEATURE * touched
        + BYTES_A_PLACE * openPlaces
        + flatBytes;
  }

  /** Sets the number of features if no row has set it. */
  public void sizeToIfUnknown(int features) {
    if (size == UNKNOWN) {
      sizeTo(features);
    }
  }

  /** The sums of feature {@code j}, for reading only. */
  private FeatureSums sums(int j) {
    FeaturePage page = pages[j / PAGE];
    if (page == null) {
      return ZERO;
    }
    FeatureSums sums = (page.isOpen() ? page.columns() : unpacked(page))[j % PAGE];
    return sums == null ? ZERO : sums;
  }

  private FeatureSums[] unpacked(FeaturePage page) {
    Reading read = lastRead;
    if (read == null || read.page != page) {
      read = new Reading(page, page.columns());
      lastRead = read;
    }
    return read.columns;
  }

  /** Returns the sums of feature {@code j}, for adding values. */
  private FeatureSums column(int j) {
    FeaturePage page = opened(j / PAGE);
    int before = page.touched();
    FeatureSums column = page.column(j % PAGE);
    touched += page.touched() - before;
    return column;
  }

  /** Adds few values of weight 1 of feature {@code j}. */
  void add(int j, double[] values, int from, int count) {
    FeaturePage page = opened(j / PAGE);
    int touchedBefore = page.touched();
    int bytesBefore = page.flatBytes();
    page.add(j % PAGE, values, from, count);
    touched += page.touched() - touchedBefore;
    flatBytes += page.flatBytes() - bytesBefore;
  }

  private FeaturePage opened(int number) {
    FeaturePage page = pages[number];
    if (page == null) {
      page = new FeaturePage(featuresOf(size, number));
      pages[number] = page;
      openPlaces += featuresOf(size, number);
    }
    return page;
  }

  private void sizeTo(int features) {
    if (size == features) {
      return;
    }
    if (size != UNKNOWN) {
      throw new IllegalArgumentException(
          "moments of " + size + " features cannot take rows of " + features);
    }
    size = features;
    pages = new FeaturePage[pagesOf(features)];
  }

  private static int pagesOf(int features) {
    return features == 0 ? 0 : (features - 1) / PAGE + 1;
  }

  private static int featuresOf(int size, int page) {
    return Math.min(PAGE, size - page * PAGE);
  }
}
