package batchnorm.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.rand;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The data of the cases, made from fixed seeds when first asked for and kept in files. */
final class BenchData {
  private static final int FILES = 8;

  private final SparkSession session;

  /** Without whole-stage code, which for many columns at once is never compiled. */
  private final SparkSession maker;

  private final Path directory;
  private final int divisor;

  /**
   * Finds data in {@code directory}, or makes it there.
   *
   * @param divisor how many times fewer rows there are than asked for
   */
  BenchData(SparkSession session, Path directory, int divisor) {
    this.session = session;
    maker = session.newSession();
    maker.conf().set("spark.sql.codegen.wholeStage", false);
    this.directory = directory;
    this.divisor = divisor;
  }

  static String[] names(int columns) {
    return IntStream.range(0, columns).mapToObj(j -> "c" + j).toArray(String[]::new);
  }

  /** The rows that there are where {@code asked} are asked for. */
  int rows(int asked) {
    return Math.max(asked / divisor, Math.min(asked, 100));
  }

  /** Columns of doubles, {@code 10 u + j} with u uniform. */
  Table doubles(int columns, int rows) {
    return parquet("doubles-" + columns, rows, () -> doubleFrame(columns, rows));
  }

  /** Columns of doubles, {@code 10 u + j} with u uniform, and the group of each row, "k". */
  Table groups(int groups, int columns, int rows) {
    Column group = pmod(xxhash64(col("id")), lit(groups)).as("k");
    return parquet(
        "groups-" + groups + "-" + columns, rows, () -> doubleFrame(columns, rows, group));
  }

  /** As many columns of floats as of integers, a twentieth of the values null. */
  Table floatsAndIntegers(int columns, int rows) {
    return parquet("nulls-" + columns, rows, () -> frameWithNulls(columns, rows));
  }

  /** A column "v" of dense vectors. */
  Table vectors(int size, int rows) {
    return parquet(
        "vectors-" + size,
        rows,
        () -> frame(rows, SQLDataTypes.VectorType(), id -> row(Vectors.dense(doubles(id, size)))));
  }

  /** A column "v" of arrays of floats. */
  Table floatArrays(int size, int rows) {
    return parquet(
        "float-arrays-" + size,
        rows,
        () ->
            frame(
                rows, DataTypes.createArrayType(DataTypes.FloatType), id -> row(floats(id, size))));
  }

  /** A column "v" of sparse vectors with {@code stored} entries. */
  Table sparse(int size, int stored, int rows) {
    return parquet(
        "sparse-" + size,
        rows,
        () ->
            frame(
                rows,
                SQLDataTypes.VectorType(),
                id -> row(Vectors.sparse(size, indices(id, size, stored), doubles(id, stored)))));
  }

  /** What {@code maker} makes, kept beside {@code rows} rows of data. */
  Dataset<Row> made(String name, int rows, Supplier<Dataset<Row>> maker) {
    return parquet(name, rows, maker).frame();
  }

  /** The columns of doubles as text. */
  Table csv(int columns, int rows) {
    StructType schema = new StructType();
    for (String name : names(columns)) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    String path =
        made("csv-" + columns + "-" + rows(rows), "csv", () -> doubleFrame(columns, rows));
    return new Table(
        session.read().option("header", true).schema(schema).csv(path),
        "read_csv('" + path + "/*.csv', header = true)");
  }

  /** Returns {@code table} cached, in the partitions that it is read in. */
  Dataset<Row> inMemory(Table table) {
    Dataset<Row> cached = table.frame().cache();
    cached.count();
    return cached;
  }

  /** Returns {@code table} cached, in {@code partitions}, fewer where there are fewer rows. */
  Dataset<Row> inMemory(Table table, int partitions) {
    Dataset<Row> cached = table.frame().repartition(Math.max(partitions / divisor, 1)).cache();
    cached.count();
    return cached;
  }

  private Table parquet(String name, int rows, Supplier<Dataset<Row>> maker) {
    String path = made(name + "-" + rows(rows), "parquet", maker);
    return new Table(session.read().parquet(path), "read_parquet('" + path + "/*.parquet')");
  }

  private String made(String name, String format, Supplier<Dataset<Row>> maker) {
    Path path = directory.resolve(name);
    if (!Files.exists(path.resolve("_SUCCESS"))) {
      System.err.println("making " + name + " ...");
      DataFrameWriter<Row> writer = maker.get().write().mode("overwrite").format(format);
      (format.equals("csv") ? writer.option("header", true) : writer).save(path.toString());
    }
    return path.toString();
  }

  private Dataset<Row> doubleFrame(int columns, int rows, Column... first) {
    Column[] values =
        Stream.concat(
                Arrays.stream(first),
                IntStream.range(0, columns).mapToObj(j -> rand(j).multiply(10).plus(j).as("c" + j)))
            .toArray(Column[]::new);
    return maker.range(0, rows(rows), 1, FILES).select(values);
  }

  private Dataset<Row> frameWithNulls(int columns, int rows) {
    Column[] values =
        IntStream.range(0, columns)
            .mapToObj(
                j -> {
                  Column value = rand(j).multiply(1000).cast(j % 2 == 0 ? "float" : "int");
                  return when(rand(columns + j).geq(lit(0.05)), value).as("c" + j);
                })
            .toArray(Column[]::new);
    return maker.range(0, rows(rows), 1, FILES).select(values);
  }

  private Dataset<Row> frame(int rows, DataType type, Function<Long, Row> row) {
    return maker.createDataFrame(
        maker.range(0, rows(rows), 1, FILES).toJavaRDD().map(row), new StructType().add("v", type));
  }

  private static Row row(Object value) {
    return RowFactory.create(value);
  }

  private static double[] doubles(long seed, int size) {
    return new SplittableRandom(seed).doubles(size, 0, 10).toArray();
  }

  private static float[] floats(long seed, int size) {
    double[] doubles = doubles(seed, size);
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
