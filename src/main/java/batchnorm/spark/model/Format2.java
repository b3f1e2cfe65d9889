package batchnorm.spark.model;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.SavedSums;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.CumulativeAverage;
import batchnorm.spark.normalize.ExponentialAverage;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.RunningStatistics;
import batchnorm.spark.transform.SerializedBytes;
import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Format with the exact sums, so that a merge of models equals one fit on all data.
 *
 * <pre>
 *   name           string  null for the features of a vector without names
 *   mean           double  for readers of the file; the sums below are exact
 *   variance       double  with the divisor n; for known statistics the given variance
 *   rows           long    the number of fitted rows; null for known statistics, like all below
 *   weight         exact   total weight of those rows
 *   sum            exact   of the feature's values, weighted
 *   squares        exact   of their squares, weighted
 *   notANumber     long    the number of rows with null or NaN
 *   infinite       long    the number of rows with an infinite value
 *   missingWeight  exact   total weight of those rows
 *   integers       boolean true if some values were longs beyond 2^53, else null; present only if it
 *                          is true for some feature
 *   min            double  the smallest value; null if it is not known or there is none; present only if
 *                          it is known for some feature
 *   max            double  the greatest value, likewise
 * </pre>
 *
 * <p>Rows are written by executors and read by the driver, some thousands of features at a time.
 *
 * <p>An {@code exact} number is an {@link ExactNumber}.
 */
final class Format2 {
  static final int VERSION = 2;

  private static final StructType INTEGERS =
      new StructType().add("integers", DataTypes.BooleanType, true);

  private static final StructType EXTREMES =
      new StructType()
          .add("min", DataTypes.DoubleType, true)
          .add("max", DataTypes.DoubleType, true);

  static final StructType SCHEMA =
      new StructType()
          .add(SavedModel.VERSION_COLUMN, DataTypes.IntegerType, false)
          .add("features", DataTypes.IntegerType, false)
          .add("index", DataTypes.IntegerType, false)
          .add("name", DataTypes.StringType, true)
          .add("mean", DataTypes.DoubleType, false)
          .add("variance", DataTypes.DoubleType, false)
          .add("rows", DataTypes.LongType, true)
          .add("weight", ExactNumber.TYPE, true)
          .add("sum", ExactNumber.TYPE, true)
          .add("squares", ExactNumber.TYPE, true)
          .add("notANumber", DataTypes.LongType, true)
          .add("infinite", DataTypes.LongType, true)
          .add("missingWeight", ExactNumber.TYPE, true);

  /** Number of features that are written and read together. */
  private static final int PART = 4 * Moments.PAGE;

  private static final int PARTS_A_FILE = 4;

  private Format2() {}

  /**
   * Some features of a model, in the order of the arrays. A part that was read has a text of the
   * values common to all rows of a model; null if the rows of this part differ. Kryo uses Java
   * serialization, since it cannot write records.
   */
  @DefaultSerializer(JavaSerializer.class)
  private record Part(
      int features,
      int[] index,
      String[] names,
      double[] mean,
      double[] variance,
      Moments moments,
      Format3.Part running,
      String shared,
      long checksum)
      implements Serializable {}

  static Dataset<Row> rows(SavedModel model, SparkSession session) {
    int features = model.learned().statistics().size();
    StructType usual = model.learned().running().isPresent() ? Format3.SCHEMA : SCHEMA;
    boolean anyIntegers = model.learned().moments().map(Moments::hasIntegers).orElse(false);
    boolean anyExtremes =
        IntStream.range(0, features).anyMatch(j -> !Double.isNaN(model.learned().min(j)));
    StructType schema = with(with(usual, INTEGERS, anyIntegers), EXTREMES, anyExtremes);
    Optional<String[]> names = model.names().given();
    List<Part> parts = new ArrayList<>();
    for (int from = 0; from < features; from += PART) {
      parts.add(part(model, names, from, Math.min(from + PART, features)));
    }
    int files = (parts.size() + PARTS_A_FILE - 1) / PARTS_A_FILE;
    return session.createDataFrame(
        JavaSparkContext.fromSparkContext(session.sparkContext())
            .parallelize(parts.stream().map(SerializedBytes::of).toList(), files)
            .flatMap(part -> rows((Part) SerializedBytes.read(part), schema)),
        schema);
  }

  private static StructType with(StructType columns, StructType more, boolean areThere) {
    StructType all = columns;
    for (StructField field : areThere ? more.fields() : new StructField[0]) {
      all = all.add(field);
    }
    return all;
  }

  /** Returns {@code columns} with those of which {@code found} has one. */
  static StructType withOptional(StructType columns, StructType found) {
    return with(
        with(columns, INTEGERS, hasSome(found, INTEGERS)), EXTREMES, hasSome(found, EXTREMES));
  }

  private static boolean hasSome(StructType found, StructType optional) {
    List<String> names = List.of(found.fieldNames());
    return Arrays.stream(optional.fieldNames()).anyMatch(names::contains);
  }

  private static Part part(SavedModel model, Optional<String[]> names, int from, int to) {
    Statistics statistics = model.learned().statistics();
    return new Part(
        statistics.size(),
        IntStream.range(from, to).toArray(),
        names.map(all -> Arrays.copyOfRange(all, from, to)).orElse(null),
        IntStream.range(from, to).mapToDouble(statistics::mean).toArray(),
        IntStream.range(from, to).mapToDouble(j -> statistics.variance(j, 0)).toArray(),
        model.learned().moments().map(moments -> moments.slice(from, to)).orElse(null),
        model.learned().running().map(running -> Format3.part(running, from, to)).orElse(null),
        null,
        0);
  }

  private static Iterator<Row> rows(Part part, StructType columns) {
    return IntStream.range(0, part.index.length).mapToObj(k -> row(part, k, columns)).iterator();
  }

  private static Row row(Part part, int k, StructType columns) {
    Object[] cells = new Object[columns.size()];
    cells[0] = part.running == null ? VERSION : Format3.VERSION;
    cells[1] = part.features;
    cells[2] = part.index[k];
    cells[3] = part.names == null ? null : part.names[k];
    cells[4] = part.mean[k];
    cells[5] = part.variance[k];
    if (part.moments != null) {
      SavedSums sums = part.moments.feature(part.index[k]);
      cells[6] = part.moments.rows();
      cells[7] = ExactNumber.row(part.moments.rowWeight());
      cells[8] = ExactNumber.row(sums.sum());
      cells[9] = ExactNumber.row(sums.squares());
      cells[10] = sums.notANumber();
      cells[11] = sums.infinite();
      cells[12] = ExactNumber.row(sums.missingWeight());
      if (hasSome(columns, INTEGERS)) {
        cells[columns.fieldIndex("integers")] = sums.integers() ? true : null;
      }
      if (hasSome(columns, EXTREMES)) {
        cells[columns.fieldIndex("min")] = Double.isNaN(sums.min()) ? null : sums.min();
        cells[columns.fieldIndex("max")] = Double.isNaN(sums.max()) ? null : sums.max();
      }
    }
    if (part.running != null) {
      Format3.fill(cells, part.running, k, part.index[k]);
    }
    return RowFactory.create(cells);
  }

  static SavedModel model(String path, Iterator<Row> data, OptionalLong checksum) {
    List<Part> parts = parts(path, data, checksum.isPresent());
    int features = parts.get(0).features;
    requireAll(path, features, parts);
    SavedTable.requireSum(
        path, SavedModel.FOLDER, checksum, parts.stream().mapToLong(Part::checksum).sum());
    String[] names = new String[features];
    for (Part part : parts) {
      for (int k = 0; k < part.index.length; k++) {
        names[part.index[k]] = part.names[k];
      }
    }
    double[] mean = doubles(parts, features, Part::mean);
    double[] variance = doubles(parts, features, Part::variance);
    FeatureNames given = names[0] == null ? FeatureNames.UNNAMED : FeatureNames.of(names);
    Learned learned = learned(parts, mean, variance);
    SavedTable.requireStatistics(
        path, SavedModel.FOLDER, learned.statistics(), j -> mean[j], j -> variance[j]);
    return new SavedModel(learned, given);
  }

  private static Learned learned(List<Part> parts, double[] mean, double[] variance) {
    if (parts.get(0).moments == null) {
      return parts.get(0).running == null
          ? Learned.known(Statistics.known(mean, variance))
          : Learned.known((ExponentialAverage) running(parts, mean.length));
    }
    Moments moments = moments(parts, Part::moments);
    return parts.get(0).running == null
        ? Learned.pooled(moments)
        : Learned.running(moments, running(parts, mean.length));
  }

  private static RunningStatistics running(List<Part> parts, int features) {
    Format3.Part any = parts.get(0).running;
    return any.means() == null
        ? new ExponentialAverage(
            doubles(parts, features, part -> part.running.mean()),
            doubles(parts, features, part -> part.running.variance()),
            any.batches())
        : new CumulativeAverage(
            moments(parts, part -> part.running.means()),
            moments(parts, part -> part.running.variances()));
  }

  /** Returns the numbers of all features, joined from the parts. */
  private static double[] doubles(List<Part> parts, int features, Function<Part, double[]> of) {
    double[] all = new double[features];
    for (Part part : parts) {
      double[] some = of.apply(part);
      for (int k = 0; k < some.length; k++) {
        all[part.index[k]] = some[k];
      }
    }
    return all;
  }

  private static Moments moments(List<Part> parts, Function<Part, Moments> of) {
    return parts.stream().map(of).reduce(Moments::join).orElseThrow();
  }

  private static void requireAll(String path, int features, List<Part> parts) {
    String shared = parts.get(0).shared;
    if (shared == null || !parts.stream().allMatch(part -> shared.equals(part.shared))) {
      throw SavedModelErrors.notAModel(path, "its data has rows that do not belong together");
    }
    BitSet found = new BitSet();
    parts.forEach(part -> Arrays.stream(part.index).forEach(found::set));
    int rows = parts.stream().mapToInt(part -> part.index.length).sum();
    if (found.cardinality() != features) {
      throw SavedModelErrors.notAModel(
          path, "its data has " + found.cardinality() + " of " + features + " features");
    }
    if (rows != features) {
      throw SavedModelErrors.notAModel(
          path, "its data has " + rows + " rows of " + features + " features");
    }
  }

  private static List<Part> parts(String path, Iterator<Row> rows, boolean areChecked) {
    List<Part> parts = new ArrayList<>();
    while (rows.hasNext()) {
      List<Row> some = new ArrayList<>();
      while (rows.hasNext() && some.size() < PART) {
        some.add(rows.next());
      }
      parts.add(part(path, some, areChecked));
    }
    return parts;
  }

  private static Part part(String path, List<Row> rows, boolean areChecked) {
    Row first = rows.get(0);
    int features = first.getAs("features");
    int[] index = rows.stream().mapToInt(row -> row.<Integer>getAs("index")).toArray();
    boolean mixed =
        Arrays.stream(index).anyMatch(j -> j < 0 || j >= features)
            || !rows.stream().allMatch(row -> isWhole(row) && Format3.isWhole(row))
            || rows.stream().anyMatch(row -> !shared(row).equals(shared(first)));
    Moments moments = null;
    Format3.Part running = null;
    if (!mixed && first.getAs("rows") != null) {
      moments = Moments.of(features, first.<Long>getAs("rows"), ExactNumber.of(first, "weight"));
      for (int k = 0; k < index.length; k++) {
        requireExtremes(path, rows.get(k));
        moments.set(index[k], sums(rows.get(k)));
      }
    }
    if (!mixed) {
      running = Format3.part(rows, features, index);
    }
    return new Part(
        features,
        index,
        Format1.strings(rows, "name"),
        Format1.doubles(rows, "mean"),
        Format1.doubles(rows, "variance"),
        moments,
        running,
        mixed ? null : shared(first).toString(),
        areChecked ? rows.stream().mapToLong(CheckedRows::checksum).sum() : 0);
  }

  /**
   * Returns whether a row of a known version has either all sums or none, and they are possible.
   */
  private static boolean isWhole(Row row) {
    int version = row.getAs(SavedModel.VERSION_COLUMN);
    boolean known = row.getAs("rows") == null;
    return (version == VERSION || version == Format3.VERSION)
        && Stream.of("weight", "sum", "squares", "missingWeight")
            .allMatch(
                name -> {
                  Row exact = row.getAs(name);
                  return (exact == null) == known && (known || ExactNumber.of(exact).isOfDoubles());
                })
        && Stream.of("notANumber", "infinite", "rows")
            .allMatch(
                name -> {
                  Long number = row.getAs(name);
                  return (number == null) == known && (known || number >= 0);
                });
  }

  /** Returns the values common to all rows of a model. */
  private static List<Object> shared(Row row) {
    int features = row.getAs("features");
    Long count = row.getAs("rows");
    int version = row.getAs(SavedModel.VERSION_COLUMN);
    return count == null
        ? List.of(version, features, Format3.shared(row))
        : List.of(version, features, count, ExactNumber.of(row, "weight"), Format3.shared(row));
  }

  private static SavedSums sums(Row row) {
    return new SavedSums(
        ExactNumber.of(row, "sum"),
        ExactNumber.of(row, "squares"),
        row.<Long>getAs("notANumber"),
        row.<Long>getAs("infinite"),
        ExactNumber.of(row, "missingWeight"),
        hasSome(row.schema(), INTEGERS) && Boolean.TRUE.equals(row.<Boolean>getAs("integers")),
        extreme(row, "min"),
        extreme(row, "max"));
  }

  private static double extreme(Row row, String column) {
    Double extreme = hasSome(row.schema(), EXTREMES) ? row.getAs(column) : null;
    return extreme == null ? Double.NaN : extreme;
  }

  /** Requires that minimum and maximum are null, or possible; a running mean may be anywhere. */
  private static void requireExtremes(String path, Row row) {
    if (hasSome(row.schema(), EXTREMES) && (row.getAs("min") != null || row.getAs("max") != null)) {
      double min = extreme(row, "min");
      double max = extreme(row, "max");
      boolean isRunning = row.<Integer>getAs(SavedModel.VERSION_COLUMN) == Format3.VERSION;
      SavedTable.requireExtremes(
          path,
          SavedModel.FOLDER,
          row.<Integer>getAs("index"),
          min,
          isRunning ? min : row.<Double>getAs("mean"),
          max);
    }
  }
}
