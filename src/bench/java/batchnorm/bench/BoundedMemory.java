package batchnorm.bench;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.var_pop;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Memory of a fit in a small heap, beside that of a scan and of Spark's own statistics of the same
 * rows. Prints a row of a table in Markdown.
 */
public final class BoundedMemory {
  private static final int ROWS = 64;
  private static final int PARTITIONS = 16;
  private static final String OUT = "out";

  private final SparkSession session;

  private BoundedMemory(SparkSession session) {
    this.session = session;
  }

  /** Runs a case: its name, a number, the master and a folder for data. */
  public static void main(String[] arguments) throws IOException {
    int number = Integer.parseInt(arguments[1]);
    try (SparkSession session =
        SparkSession.builder()
            .master(arguments[2])
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 8)
            // Spark's writer holds a block for each task; four of its 128 MB are all of the heap.
            .config("spark.hadoop.parquet.block.size", 16 << 20)
            .getOrCreate()) {
      BoundedMemory memory = new BoundedMemory(session);
      String measured =
          switch (arguments[0]) {
            case "features" -> memory.peaks(memory.features(10), memory.features(number));
            case "partitions" -> memory.peaks(memory.partitions(10), memory.partitions(number));
            case "groups" -> memory.peaks(memory.groups(10), memory.groups(number));
            case "rows" -> memory.rows(number, Path.of(arguments[3]));
            default -> throw new IllegalArgumentException(arguments[0]);
          };
      System.out.printf(
          Locale.ROOT,
          "| %,d %s | %d | %d MB | %s |%n",
          number,
          arguments[0].equals("rows") ? "times the heap" : arguments[0],
          session.sparkContext().defaultParallelism(),
          Runtime.getRuntime().maxMemory() >> 20,
          measured);
    }
  }

  private List<Runnable> features(int features) {
    Dataset<Row> rows =
        session
            .range(0, ROWS, 1, PARTITIONS)
            .selectExpr("transform(sequence(1, " + features + "), i -> sin(i * 7 + id)) as a")
            .select(functions.array_to_vector(col("a")).as("v"));
    return List.of(
        () -> scan(rows),
        () -> new StandardScaler().setInputCol("v").setOutputCol(OUT).fit(rows),
        () -> new BatchNorm().setInputCol("v").setOutputCol(OUT).fit(rows));
  }

  private List<Runnable> partitions(int partitions) {
    Dataset<Row> rows =
        session.range(0, 2L * partitions, 1, partitions).selectExpr("sin(id) a", "cos(id) b");
    return List.of(
        () -> scan(rows),
        () -> rows.agg(avg("a"), var_pop(col("a")), avg("b"), var_pop(col("b"))).collectAsList(),
        () -> new BatchNorm().setInputCols("a", "b").setOutputCol(OUT).fit(rows));
  }

  private List<Runnable> groups(int groups) {
    Dataset<Row> rows =
        session
            .range(0, 2L * groups, 1, PARTITIONS)
            .selectExpr("pmod(hash(id), " + groups + ") g", "sin(id) a", "cos(id) b");
    BatchNorm stage = new BatchNorm().setInputCols("a", "b").setOutputCol(OUT).setGroupCols("g");
    return List.of(
        () -> scan(rows),
        () -> scan(rows.groupBy("g").agg(avg("a"), var_pop(col("a")), avg("b"), var_pop(col("b")))),
        () -> stage.setSmallGroup("unit").fit(rows).summary().count());
  }

  /** Writes, fits, transforms and writes again so many times the heap, as decoded doubles. */
  private String rows(int heaps, Path folder) {
    int width = 8;
    List<String> names = IntStream.range(0, width).mapToObj(i -> "c" + i).toList();
    long count = heaps * Runtime.getRuntime().maxMemory() / Double.BYTES / width;
    String data = folder.resolve("rows").toString();
    session
        .range(0, count, 1, 64)
        .selectExpr(
            names.stream()
                .map(name -> "double(hash(id, '" + name + "') / 65536) as " + name)
                .toArray(String[]::new))
        .write()
        .parquet(data);
    Dataset<Row> rows = session.read().parquet(data);
    BatchNormModel model =
        new BatchNorm().setInputCols(names.toArray(String[]::new)).setOutputCol(OUT).fit(rows);
    String normalized = folder.resolve("normalized").toString();
    model.transform(rows).select(OUT).write().parquet(normalized);
    long written = session.read().parquet(normalized).count();
    if (model.count() != count || written != count) {
      throw new IllegalStateException(
          model.count() + " rows fitted and " + written + " written, of " + count);
    }
    return String.format(
        Locale.ROOT,
        "%,d rows of %d doubles: written, fitted, normalized and written",
        count,
        width);
  }

  private static void scan(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }

  /** Returns the peaks of pieces of work in MB, after others have loaded their classes. */
  private String peaks(List<Runnable> warmUps, List<Runnable> works) {
    warmUps.forEach(Runnable::run);
    return String.join(
        " | ",
        works.stream()
            .map(work -> String.format(Locale.ROOT, "%.1f", PeakMemory.of(work) / 1e6))
            .toList());
  }
}
