package batchnorm.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.rand;
import static org.apache.spark.sql.functions.randn;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The data of the cases, made from fixed seeds when first asked for and kept in files. */
final class BenchData {
  static final Path DIRECTORY = Path.of("target", "bench").toAbsolutePath();

  /**
   * The columns of taxi trips, as New York publishes them, with the types that such tables have:
   * few distinct values in most, times that never repeat, prices in cents.
   */
  private static final String[] TRIPS = {
    "cast(1 + floor(rand(1) * 1.8) as int) as vendor",
    "1704067200 + cast(id / {rows} * 31536000 + rand(2) * 600 as bigint) as pickup",
    "1704067200 + cast(id / {rows} * 31536000 + rand(2) * 600 + exp(6.5 + 0.6 * randn(3)) as bigint)"
        + " as dropoff",
    "if(rand(4) < 0.05, null, cast(1 + floor(rand(5) * rand(5) * 6) as int)) as passengers",
    "cast(round(exp(0.7 + 0.9 * randn(6)), 2) as float) as trip_distance",
    "if(rand(4) < 0.05, null, cast(1 + floor(rand(7) * 1.07) as short)) as rate",
    "rand(8) < 0.01 as stored",
    "cast(1 + floor(rand(9) * 265) as int) as pickup_zone",
    "cast(1 + floor(rand(10) * 265) as int) as dropoff_zone",
    "cast(1 + floor(rand(11) * rand(12) * 5) as short) as payment_type",
    "round(exp(2.6 + 0.6 * randn(13)), 2) as fare",
    "floor(rand(14) * 4) * 0.5D as extra",
    "if(rand(15) < 0.99, 0.5D, 0D) as tax",
    "if(rand(16) < 0.3, 0D, round(exp(1 + 0.6 * randn(17)), 2)) as tip",
    "if(rand(18) < 0.92, 0D, 6.94D) as tolls",
    "if(rand(19) < 0.99, 1D, 0.3D) as surcharge",
    "cast(exp(2.9 + 0.6 * randn(20)) as decimal(10, 2)) as total_amount",
    "if(rand(4) < 0.05, null, if(rand(21) < 0.9, 2.5D, 0D)) as congestion",
    "if(rand(4) < 0.05, null, if(rand(22) < 0.9, 0D, 1.75D)) as airport"
  };

  static final String[] TRIP_COLUMNS =
      Arrays.stream(TRIPS)
          .map(column -> column.substring(column.lastIndexOf(' ') + 1))
          .toArray(String[]::new);

  /** Means of normal columns, from none to many times the deviation. */
  private static final double[] MEANS = {0, 1, -30, 1000, 1e6};

  private static final int FILES = 8;

  private final SparkSession session;

  /** Session without whole-stage code, which HotSpot never compiles for many columns. */
  private final SparkSession maker;

  BenchData(SparkSession session) {
    this.session = session;
    maker = session.newSession();
    maker.conf().set("spark.sql.codegen.wholeStage", false);
    maker.conf().set("spark.comet.enabled", false);
  }

  static String[] names(int columns) {
    return IntStream.range(0, columns).mapToObj(j -> "c" + j).toArray(String[]::new);
  }

  /** Columns of normal doubles of several means and deviations. */
  Table normal(int columns, int rows) {
    return made("normal-" + columns, "parquet", rows, () -> normalFrame(columns, rows));
  }

  /** Normal columns, and the group of each row, "k"; {@code rowsOfGroup} on average. */
  Table groups(int rowsOfGroup, int columns, int rows) {
    int groups = Math.max(rows / rowsOfGroup, 1);
    Column group = pmod(xxhash64(col("id")), lit(groups)).as("k");
    return made(
        "groups-of-" + rowsOfGroup + "-" + columns,
        "parquet",
        rows,
        () -> normalFrame(columns, rows, group));
  }

  /** Normal columns, and weights from 1 to 4, "w". */
  Table weighted(int columns, int rows) {
    Column weight = floor(rand(columns).multiply(4)).plus(1).cast("double").as("w");
    return made("weighted-" + columns, "parquet", rows, () -> normalFrame(columns, rows, weight));
  }

  /** Columns of doubles of which few differ. */
  Table dictionary(int distinct, int columns, int rows) {
    return made(
        "dictionary-" + distinct + "-" + columns,
        "parquet",
        rows,
        () ->
            frame(
                columns,
                rows,
                j -> floor(rand(j).multiply(distinct)).multiply(0.37).plus(mean(j))));
  }

  /** Columns of floats and as many of integers, with a twentieth of the values null. */
  Table floatsAndIntegers(int columns, int rows) {
    return made(
        "nulls-" + columns,
        "parquet",
        rows,
        () ->
            frame(
                columns,
                rows,
                j ->
                    when(
                        rand(columns + j).geq(lit(0.05)),
                        normal(j).multiply(100).cast(j % 2 == 0 ? "float" : "int"))));
  }

  /** A table like those of public taxi trips. */
  Table trips(int rows) {
    Column[] columns =
        Arrays.stream(TRIPS)
            .map(column -> expr(column.replace("{rows}", String.valueOf(rows))))
            .toArray(Column[]::new);
    return made("trips", "parquet", rows, () -> ids(rows).select(columns));
  }

  /** A column "v" of dense vectors. */
  Table vectors(int size, int rows) {
    return made(
        "vectors-" + size,
        "parquet",
        rows,
        () -> frame(rows, SQLDataTypes.VectorType(), id -> Vectors.dense(normals(id, size))));
  }

  /** A column "v" of arrays of floats. */
  Table floatArrays(int size, int rows) {
    return made(
        "float-arrays-" + size,
        "parquet",
        rows,
        () -> frame(rows, DataTypes.createArrayType(DataTypes.FloatType), id -> floats(id, size)));
  }

  /** A column "v" of sparse vectors with {@code stored} entries. */
  Table sparse(int size, int stored, int rows) {
    return made(
        "sparse-" + size,
        "parquet",
        rows,
        () ->
            frame(
                rows,
                SQLDataTypes.VectorType(),
                id -> Vectors.sparse(size, indices(id, size, stored), normals(id, stored))));
  }

  /** Normal columns as text. */
  Table csv(int columns, int rows) {
    return made("csv-" + columns, "csv", rows, () -> normalFrame(columns, rows));
  }

  /** Normal columns in a table of {@code format}, "delta" or "iceberg". */
  Table table(String format, int columns, int rows) {
    if (format.equals("delta")) {
      return made("delta-" + columns, format, rows, () -> normalFrame(columns, rows));
    }
    String name = "ice.normal_" + columns + "_" + rows;
    if (!session.catalog().tableExists(name)) {
      progress(name);
      normalFrame(columns, rows).writeTo(name).using(format).createOrReplace();
    }
    return new Table(session.table(name), name, format);
  }

  /** Returns {@code frame} cached. */
  static Dataset<Row> inMemory(Dataset<Row> frame) {
    Dataset<Row> cached = frame.cache();
    cached.count();
    return cached;
  }

  /** The data that {@code maker} makes, kept in files whose folder also bears {@code rows}. */
  Table made(String name, String format, int rows, Supplier<Dataset<Row>> maker) {
    Path path = DIRECTORY.resolve(name + "-" + rows);
    if (!Files.exists(complete(path))) {
      progress(path.getFileName().toString());
      maker.get().write().mode("overwrite").format(format).option("header", true).save(path + "");
      markComplete(path);
    }
    DataFrameReader reader = session.read().format(format);
    return new Table(
        (format.equals("csv") ? reader.option("header", true).schema(maker.get().schema()) : reader)
            .load(path.toString()),
        path.toString(),
        format);
  }

  /** The file that says so, since not every format has one in its folder. */
  private static Path complete(Path path) {
    return path.resolveSibling(path.getFileName() + ".complete");
  }

  private static void markComplete(Path path) {
    try {
      Files.createFile(complete(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void progress(String name) {
    System.err.println("  making " + name + " ...");
  }

  private Dataset<Row> ids(int rows) {
    return maker.range(0, rows, 1, FILES).toDF();
  }

  private Dataset<Row> normalFrame(int columns, int rows, Column... first) {
    return frame(columns, rows, BenchData::normal, first);
  }

  private Dataset<Row> frame(int columns, int rows, IntFunction<Column> column, Column... first) {
    Column[] values =
        Stream.concat(
                Arrays.stream(first),
                IntStream.range(0, columns).mapToObj(j -> column.apply(j).as("c" + j)))
            .toArray(Column[]::new);
    return ids(rows).select(values);
  }

  private static Column normal(int j) {
    return randn(j).multiply(1 + j % 4).plus(mean(j));
  }

  private static double mean(int j) {
    return MEANS[j % MEANS.length];
  }

  private Dataset<Row> frame(int rows, DataType type, Function<Long, Object> value) {
    return maker.createDataFrame(
        ids(rows).toJavaRDD().map(row -> RowFactory.create(value.call(row.getLong(0)))),
        new StructType().add("v", type));
  }

  /** The values that columns of the same numbers would have. */
  private static double[] normals(long seed, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[size];
    for (int j = 0; j < size; j++) {
      values[j] = random.nextGaussian() * (1 + j % 4) + mean(j);
    }
    return values;
  }

  private static float[] floats(long seed, int size) {
    double[] doubles = normals(seed, size);
    float[] floats = new float[size];
    for (int j = 0; j < size; j++) {
      floats[j] = (float) doubles[j];
    }
    return floats;
  }

  private static int[] indices(long seed, int size, int stored) {
    SplittableRandom random = new SplittableRandom(~seed);
    TreeSet<Integer> indices = new TreeSet<>();
    while (indices.size() < stored) {
      indices.add(random.nextInt(size));
    }
    return indices.stream().mapToInt(Integer::intValue).toArray();
  }
}
