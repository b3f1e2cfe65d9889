package batchnorm.spark.model;

import static org.apache.spark.sql.functions.col;

import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.errors.Errors;
import batchnorm.spark.moments.Dyadic;
import batchnorm.spark.moments.FeatureSums;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.moments.Statistics;
import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The format that keeps the exact sums, so that models can be merged without a trace.
 *
 * <pre>
 *   name           string  null for the features of a vector without names
 *   mean           double  for readers of the file; the sums below say it exactly
 *   variance       double  with the divisor n; of known statistics the variance
 *   rows           long    the number of rows fitted on; null, as all below, for known statistics
 *   weight         exact   what those rows weigh
 *   sum            exact   of the feature's values, weighted
 *   squares        exact   of their squares, weighted
 *   notANumber     long    how many rows were null or NaN
 *   infinite       long    how many rows were infinite
 *   missingWeight  exact   what those rows weigh
 * </pre>
 *
 * <p>Rows are made, and read, on executors, some thousands of neighbouring features at a time.
 *
 * <p>An {@code exact} number is a struct: {@code significand}, the bytes of an integer in two's
 * complement, highest first, times two to the power of {@code exponent}, an int.
 */
final class Format2 {
  static final int VERSION = 2;

  private static final StructType EXACT =
      new StructType()
          .add("significand", DataTypes.BinaryType, false)
          .add("exponent", DataTypes.IntegerType, false);

  static final StructType SCHEMA =
      new StructType()
          .add(SavedModel.VERSION_COLUMN, DataTypes.IntegerType, false)
          .add("features", DataTypes.IntegerType, false)
          .add("index", DataTypes.IntegerType, false)
          .add("name", DataTypes.StringType, true)
          .add("mean", DataTypes.DoubleType, false)
          .add("variance", DataTypes.DoubleType, false)
          .add("rows", DataTypes.LongType, true)
          .add("weight", EXACT, true)
          .add("sum", EXACT, true)
          .add("squares", EXACT, true)
          .add("notANumber", DataTypes.LongType, true)
          .add("infinite", DataTypes.LongType, true)
          .add("missingWeight", EXACT, true);

  static final Set<String> COLUMNS = Set.of(SCHEMA.fieldNames());

  /** So many neighbouring features are written, and read, together. */
  private static final int PART = 4 * Moments.PAGE;

  private static final int PARTS_A_FILE = 16;
  private static final int MAX_TASKS = 200;

  private Format2() {}

  /**
   * Neighbouring features of a model; the arrays begin with the first of them. Kryo writes it as
   * Java does, since it cannot write records.
   */
  @DefaultSerializer(JavaSerializer.class)
  private record Part(
      int features, int from, String[] names, double[] mean, double[] variance, Moments moments)
      implements Serializable {
    int size() {
      return mean.length;
    }
  }

  static Dataset<Row> rows(SavedModel model, SparkSession session) {
    int features = model.statistics().size();
    List<Part> parts = new ArrayList<>();
    for (int from = 0; from < features; from += PART) {
      parts.add(part(model, from, Math.min(from + PART, features)));
    }
    int files = (parts.size() + PARTS_A_FILE - 1) / PARTS_A_FILE;
    return session.createDataFrame(
        JavaSparkContext.fromSparkContext(session.sparkContext())
            .parallelize(parts, files)
            .flatMap(Format2::rows),
        SCHEMA);
  }

  private static Part part(SavedModel model, int from, int to) {
    Statistics statistics = model.statistics();
    return new Part(
        statistics.size(),
        from,
        model.names().given().map(names -> Arrays.copyOfRange(names, from, to)).orElse(null),
        IntStream.range(from, to).mapToDouble(statistics::mean).toArray(),
        IntStream.range(from, to).mapToDouble(j -> statistics.variance(j, 0)).toArray(),
        model.moments().map(moments -> moments.slice(from, to)).orElse(null));
  }

  private static Iterator<Row> rows(Part part) {
    return IntStream.range(0, part.size()).mapToObj(k -> row(part, k)).iterator();
  }

  private static Row row(Part part, int k) {
    Object[] cells = new Object[SCHEMA.size()];
    cells[0] = VERSION;
    cells[1] = part.features;
    cells[2] = part.from + k;
    cells[3] = part.names == null ? null : part.names[k];
    cells[4] = part.mean[k];
    cells[5] = part.variance[k];
    if (part.moments != null) {
      FeatureSums sums = part.moments.feature(part.from + k);
      cells[6] = part.moments.rows();
      cells[7] = row(part.moments.rowWeight());
      cells[8] = row(sums.sum());
      cells[9] = row(sums.squares());
      cells[10] = sums.notANumber();
      cells[11] = sums.infinite();
      cells[12] = row(sums.missingWeight());
    }
    return RowFactory.create(cells);
  }

  static SavedModel model(String path, Dataset<Row> data) {
    int features = data.select("features").first().getInt(0);
    int groups = Math.max(1, Math.min(MAX_TASKS, features / PART));
    List<Part> parts =
        data
            .filter(col("index").between(0, features - 1))
            .toJavaRDD()
            .groupBy(row -> row.<Integer>getAs("index") / PART, groups)
            .values()
            .map(Format2::part)
            .collect()
            .stream()
            .sorted(Comparator.comparingInt(Part::from))
            .toList();
    int found = parts.stream().mapToInt(Part::size).sum();
    if (found != features) {
      throw Errors.notAModel(path, "its data has " + found + " of " + features + " features");
    }
    FeatureNames names =
        parts.get(0).names == null
            ? FeatureNames.UNNAMED
            : FeatureNames.of(
                parts.stream().flatMap(part -> Arrays.stream(part.names)).toArray(String[]::new));
    if (parts.get(0).moments == null) {
      Statistics known =
          Statistics.known(
              parts.stream().flatMapToDouble(part -> Arrays.stream(part.mean)).toArray(),
              parts.stream().flatMapToDouble(part -> Arrays.stream(part.variance)).toArray());
      return new SavedModel(known, Optional.empty(), names);
    }
    Moments moments = parts.stream().map(Part::moments).reduce(Moments::join).orElseThrow();
    return new SavedModel(moments, names);
  }

  /**
   * The features of {@code rows}, whatever their order; if some are missing, without their sums.
   */
  private static Part part(Iterable<Row> rows) {
    TreeMap<Integer, Row> byIndex = new TreeMap<>();
    rows.forEach(row -> byIndex.put(row.getAs("index"), row));
    List<Row> sorted = List.copyOf(byIndex.values());
    Row first = sorted.get(0);
    int from = byIndex.firstKey();
    boolean complete = byIndex.lastKey() - from + 1 == sorted.size();
    Moments moments = null;
    if (complete && first.getAs("rows") != null) {
      moments =
          Moments.of(
              first.<Integer>getAs("features"),
              first.<Long>getAs("rows"),
              dyadic(first, "weight"),
              from,
              sorted.stream().map(Format2::sums).toList());
    }
    return new Part(
        first.<Integer>getAs("features"),
        from,
        first.getAs("name") == null ? null : Format1.strings(sorted, "name"),
        Format1.doubles(sorted, "mean"),
        Format1.doubles(sorted, "variance"),
        moments);
  }

  private static FeatureSums sums(Row row) {
    return new FeatureSums(
        dyadic(row, "sum"),
        dyadic(row, "squares"),
        row.<Long>getAs("notANumber"),
        row.<Long>getAs("infinite"),
        dyadic(row, "missingWeight"));
  }

  private static Row row(Dyadic exact) {
    return RowFactory.create(exact.significand().toByteArray(), exact.exponent());
  }

  private static Dyadic dyadic(Row row, String column) {
    Row exact = row.getAs(column);
    return new Dyadic(
        new BigInteger(exact.<byte[]>getAs("significand")), exact.<Integer>getAs("exponent"));
  }
}
