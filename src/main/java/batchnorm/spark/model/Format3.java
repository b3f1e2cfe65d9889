package batchnorm.spark.model;

import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SavedSums;
import batchnorm.spark.normalize.CumulativeAverage;
import batchnorm.spark.normalize.RunningStatistics;
import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Format of models with running statistics: {@link Format2} with more columns. {@code mean} and
 * {@code variance} are the running ones; the sums are pooled. The sums are null for exponential
 * statistics without moments. Other models are saved in format 2.
 *
 * <pre>
 *   batches          long    the number of batches
 *   runningMean      double
 *   runningVariance  double
 *   batchMeans       struct  the batches' means if statistics are cumulative, else null
 *   batchVariances   struct  the batches' variances, with the divisor n - 1, likewise
 * </pre>
 *
 * <p>The structs hold {@code sum} and {@code squares}, both exact, and {@code notANumber} and
 * {@code infinite}, the numbers of batches in which the mean or variance is missing or infinite.
 */
final class Format3 {
  static final int VERSION = 3;

  private static final StructType BATCHES =
      new StructType()
          .add("sum", ExactNumber.TYPE, false)
          .add("squares", ExactNumber.TYPE, false)
          .add("notANumber", DataTypes.LongType, false)
          .add("infinite", DataTypes.LongType, false);

  static final StructType SCHEMA =
      Format2.SCHEMA
          .add("batches", DataTypes.LongType, false)
          .add("runningMean", DataTypes.DoubleType, false)
          .add("runningVariance", DataTypes.DoubleType, false)
          .add("batchMeans", BATCHES, true)
          .add("batchVariances", BATCHES, true);

  private Format3() {}

  /**
   * Running statistics of some features; moments are null unless they are cumulative. Kryo uses
   * Java serialization, since it cannot write records.
   */
  @DefaultSerializer(JavaSerializer.class)
  record Part(long batches, double[] mean, double[] variance, Moments means, Moments variances)
      implements Serializable {}

  static Part part(RunningStatistics running, int from, int to) {
    CumulativeAverage cumulative = running instanceof CumulativeAverage average ? average : null;
    return new Part(
        running.batches(),
        IntStream.range(from, to).mapToDouble(running::mean).toArray(),
        IntStream.range(from, to).mapToDouble(running::variance).toArray(),
        cumulative == null ? null : cumulative.means().slice(from, to),
        cumulative == null ? null : cumulative.variances().slice(from, to));
  }

  /** Sets the cells of feature {@code j}, the {@code k}th of the part. */
  static void fill(Object[] cells, Part part, int k, int j) {
    int at = Format2.SCHEMA.size();
    cells[at] = part.batches;
    cells[at + 1] = part.mean[k];
    cells[at + 2] = part.variance[k];
    if (part.means != null) {
      cells[at + 3] = row(part.means.feature(j));
      cells[at + 4] = row(part.variances.feature(j));
    }
  }

  private static Row row(SavedSums batches) {
    return RowFactory.create(
        ExactNumber.row(batches.sum()),
        ExactNumber.row(batches.squares()),
        batches.notANumber(),
        batches.infinite());
  }

  /** Returns the values common to all rows of a model. */
  static List<Object> shared(Row row) {
    return isRunning(row) ? List.of(row.<Long>getAs("batches"), isCumulative(row)) : List.of();
  }

  /**
   * Returns whether the row's columns of running statistics are absent, or complete and consistent.
   */
  static boolean isWhole(Row row) {
    if (!isRunning(row)) {
      return true;
    }
    if (row.schema().getFieldIndex("batches").isEmpty()) {
      return false;
    }
    Long batches = row.getAs("batches");
    Double mean = row.getAs("runningMean");
    Double variance = row.getAs("runningVariance");
    return (row.getAs("rows") != null || row.getAs("batchMeans") == null)
        && batches != null
        && batches >= 0
        && mean != null
        && variance != null
        && !Double.isNaN(mean)
        && variance >= 0
        && (row.getAs("batchMeans") == null) == (row.getAs("batchVariances") == null);
  }

  private static boolean isRunning(Row row) {
    return row.<Integer>getAs(SavedModel.VERSION_COLUMN) == VERSION;
  }

  private static boolean isCumulative(Row row) {
    return row.getAs("batchMeans") != null;
  }

  /** Reads the part of features {@code index} from their rows; null in format 2. */
  static Part part(List<Row> rows, int features, int[] index) {
    Row first = rows.get(0);
    if (!isRunning(first)) {
      return null;
    }
    long batches = first.getAs("batches");
    return new Part(
        batches,
        Format1.doubles(rows, "runningMean"),
        Format1.doubles(rows, "runningVariance"),
        isCumulative(first) ? moments(rows, "batchMeans", features, index, batches) : null,
        isCumulative(first) ? moments(rows, "batchVariances", features, index, batches) : null);
  }

  private static Moments moments(
      List<Row> rows, String column, int features, int[] index, long batches) {
    Moments moments = Moments.of(features, batches, new Dyadic(BigInteger.valueOf(batches), 0));
    for (int k = 0; k < index.length; k++) {
      Row found = rows.get(k).getAs(column);
      long notANumber = found.getAs("notANumber");
      long infinite = found.getAs("infinite");
      moments.set(
          index[k],
          new SavedSums(
              ExactNumber.of(found, "sum"),
              ExactNumber.of(found, "squares"),
              notANumber,
              infinite,
              new Dyadic(BigInteger.valueOf(notANumber + infinite), 0),
              false,
              Double.NaN,
              Double.NaN));
    }
    return moments;
  }
}
