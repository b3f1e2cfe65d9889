package batchnorm.spark.moments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What mean and variance of every feature of a set of weighted rows are made of: the value that a
 * partition computes and that partitions merge.
 *
 * <p>For each feature it holds {@code sum w_i x_i} and {@code sum w_i x_i^2} exactly, see {@link
 * ExactSum}, so that the order and the grouping of rows leave no trace. A weight is a frequency:
 * the sum of weights is the number of rows where nothing is weighted.
 *
 * <ul>
 *   <li>An empty value holds nothing and fits any number of features; the first rows fix it.
 *   <li>NaN and infinite values are counted, never added.
 *   <li>Of a sparse row only the stored entries are touched: a zero adds nothing to a sum. A
 *       feature that no row has touched takes the space of a reference.
 *   <li>{@link #merge} changes and returns the left side and never touches the right.
 * </ul>
 */
public final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int UNKNOWN = -1;
  private static final int WEIGHTED = 1;
  private static final int UNTOUCHED = -1;

  private int size = UNKNOWN;

  /** Rows added, sparse ones and those without any value included. */
  private long rows;

  /** Their weights; null while all of them weigh 1. */
  private ExactSum weight;

  /** Of these, the rows that had no vector at all; their number of features is not known. */
  private long absentRows;

  /** The weights of those; null while all of them weigh 1. */
  private ExactSum absentWeight;

  /** Null where a feature was not touched. */
  private ColumnSums[] columns;

  private Moments() {}

  /** Returns the moments of no rows. */
  public static Moments empty() {
    return new Moments();
  }

  /** How many rows had no vector at all. */
  public long absentRows() {
    return absentRows;
  }

  /** The number of features, or 0 while no row has told it. */
  public int size() {
    return Math.max(size, 0);
  }

  /** Adds the rows of a block; its NaN and infinite values are counted as missing. */
  public void addBlock(RowBlock block) {
    if (block.rows() == 0) {
      return;
    }
    sizeTo(block.size());
    for (int j = 0; j < size; j++) {
      block.addTo(column(j), j);
    }
    if (block.weights().isPresent()) {
      double[] weights = block.weights().get();
      for (int i = 0; i < block.rows(); i++) {
        addRow(weights[i]);
      }
    } else {
      addRows(block.rows());
    }
  }

  /**
   * Adds a sparse row: {@code values[k]} is feature {@code indices[k]}, every other feature is 0.
   *
   * @param features the row's number of features
   * @param indices which features are stored, each at most once
   * @param values what is stored, as long as {@code indices}
   * @param rowWeight the row's weight, above 0 and finite
   */
  public void addSparse(int features, int[] indices, double[] values, double rowWeight) {
    sizeTo(features);
    for (int k = 0; k < indices.length; k++) {
      if (rowWeight == 1) {
        column(indices[k]).add(values[k]);
      } else {
        column(indices[k]).add(values[k], rowWeight);
      }
    }
    addRow(rowWeight);
  }

  /** Adds a row that has no vector: every feature of it is missing. */
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
   * @throws IllegalArgumentException if both know their number of features and the two differ
   */
  public Moments merge(Moments right) {
    if (right.size != UNKNOWN) {
      sizeTo(right.size);
      for (int j = 0; j < size; j++) {
        if (right.columns[j] != null) {
          column(j).merge(right.columns[j]);
        }
      }
    }
    if (weight != null || right.weight != null) {
      weight = weight();
      weight.add(right.weight());
    }
    if (absentWeight != null || right.absentWeight != null) {
      absentWeight = absentWeight();
      absentWeight.add(right.absentWeight());
    }
    rows += right.rows;
    absentRows += right.absentRows;
    return this;
  }

  /** Returns mean and variance of every feature, each rounded once. */
  public Statistics statistics() {
    return Statistics.of(this);
  }

  /**
   * Returns the moments that were saved.
   *
   * @param rows the number of rows
   * @param weight what they weigh
   * @param features what is known of each feature
   */
  public static Moments of(long rows, Dyadic weight, List<FeatureSums> features) {
    Moments moments = new Moments();
    moments.sizeTo(features.size());
    moments.rows = rows;
    moments.weight = ExactSum.of(weight);
    for (int j = 0; j < features.size(); j++) {
      moments.columns[j] = ColumnSums.of(features.get(j));
    }
    return moments;
  }

  /** The number of rows. */
  public long rows() {
    return rows;
  }

  /** What the rows weigh, rounded; their number where nothing is weighted. */
  public double totalWeight() {
    return weight().doubleValue();
  }

  /** How many rows have null or NaN for feature {@code j}, rows without a vector included. */
  public long notANumber(int j) {
    return absentRows + touched(j).map(ColumnSums::notANumber).orElse(0L);
  }

  /** How many rows have an infinite value of feature {@code j}. */
  public long infinite(int j) {
    return touched(j).map(ColumnSums::infinite).orElse(0L);
  }

  /** What the rows weigh, exactly. */
  public Dyadic rowWeight() {
    return weight().toDyadic();
  }

  /** What is known of feature {@code j}; it misses in the rows that have no vector, too. */
  public FeatureSums feature(int j) {
    ColumnSums column = touched(j).orElseGet(ColumnSums::new);
    return new FeatureSums(
        column.sum().toDyadic(),
        column.squares().toDyadic(),
        column.notANumber() + absentRows,
        column.infinite(),
        column.missingWeight().plus(absentWeight()).toDyadic());
  }

  /** Writes the value in some fifty bytes a feature of ordinary data. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(size);
    out.writeLong(rows);
    out.writeLong(absentRows);
    out.writeByte(weight == null ? 0 : WEIGHTED);
    if (weight != null) {
      weight.write(out);
      absentWeight().write(out);
    }
    for (int j = 0; j < size; j++) {
      if (columns[j] != null) {
        out.writeInt(j);
        columns[j].write(out);
      }
    }
    out.writeInt(UNTOUCHED);
  }

  /** Reads what {@link #write} wrote. */
  public static Moments read(DataInput in) throws IOException {
    Moments read = new Moments();
    int size = in.readInt();
    if (size != UNKNOWN) {
      read.sizeTo(size);
    }
    read.rows = in.readLong();
    read.absentRows = in.readLong();
    if (in.readByte() == WEIGHTED) {
      read.weight = ExactSum.read(in);
      read.absentWeight = ExactSum.read(in);
    }
    for (int j = in.readInt(); j != UNTOUCHED; j = in.readInt()) {
      read.columns[j] = ColumnSums.read(in);
    }
    return read;
  }

  /** What Java serialization sees of the moments. */
  private record Written(byte[] bytes) implements Serializable {
    private Object readResolve() throws IOException {
      return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
  }

  private Object writeReplace() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(new DataOutputStream(bytes));
    return new Written(bytes.toByteArray());
  }

  private void addRows(long count) {
    rows += count;
    if (weight != null) {
      weight.add(count, 0);
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

  /** The weights of all rows. */
  ExactSum weight() {
    return weight == null ? ExactSum.of(rows) : weight;
  }

  /** The weights of the rows that had no vector. */
  ExactSum absentWeight() {
    return absentWeight == null ? ExactSum.of(absentRows) : absentWeight;
  }

  /** The sums of feature {@code j}, if a row has touched it. */
  Optional<ColumnSums> touched(int j) {
    return Optional.ofNullable(columns[j]);
  }

  private ColumnSums column(int j) {
    if (columns[j] == null) {
      columns[j] = new ColumnSums();
    }
    return columns[j];
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
    columns = new ColumnSums[features];
  }
}
