package batchnorm.spark.compatibility;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Fits, transforms and writes on a Spark whose queries DataFusion Comet runs. Whatever differs from
 * the same without Comet by a bit is an error; printed is what the fits read. Argument: an empty
 * folder to write to.
 */
public final class CometSmoke {
  private static final String ENABLED = "spark.comet.enabled";
  private static final String[] NUMBERS = {
    "a", "b", "c", "short", "byte", "good", "narrow", "wide", "big", "i"
  };

  /** Settings that change which of Comet's plans stand below a fit, each beside the defaults. */
  private static final Map<String, Map<String, String>> MODES =
      Map.of(
          "rows by Comet", Map.of("spark.comet.exec.columnarToRow.native.enabled", "true"),
          "scan alone",
              Map.of(
                  "spark.comet.exec.project.enabled", "false",
                  "spark.comet.exec.filter.enabled", "false"),
          "converted",
              Map.of(
                  "spark.comet.scan.enabled", "false",
                  "spark.comet.convert.parquet.enabled", "true"),
          "planned at once", Map.of("spark.sql.adaptive.enabled", "false"));

  private final PrintStream out;
  private final SparkSession session;
  private final Path folder;
  private final Map<String, Results> without = new HashMap<>();

  private CometSmoke(PrintStream out, SparkSession session, Path folder) {
    this.out = out;
    this.session = session;
    this.folder = folder;
  }

  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    SparkSession session =
        SmokeSession.builder(folder)
            .config("spark.plugins", "org.apache.spark.CometPlugin")
            .config(
                "spark.shuffle.manager",
                "org.apache.spark.sql.comet.execution.shuffle.CometShuffleManager")
            .config(
                "spark.sql.cache.serializer",
                "org.apache.spark.sql.comet.execution.arrow.ArrowCachedBatchSerializer")
            .config("spark.comet.exec.inMemoryCache.enabled", true)
            .config("spark.memory.offHeap.enabled", true)
            .config("spark.memory.offHeap.size", "1g")
            .config("spark.comet.nativeLoadRequired", true)
            // Several batches a file, whose memory is used again; and bytes and shorts, too.
            .config("spark.comet.batchSize", 300)
            .config("spark.comet.scan.unsignedSmallIntSafetyCheck", false)
            .config("spark.comet.write.parquet.enabled", true)
            .getOrCreate();
    new CometSmoke(new PrintStream(System.out, true, StandardCharsets.UTF_8), session, folder)
        .run();
    session.stop();
  }

  private void run() {
    write();
    fits("rows", List.of("columns", "columns without nulls", "groups", "doubles", "floats"));
    fits("vectors", List.of("vectors"));
    fits("filter", List.of("columns", "groups", "doubles"));
    for (String query : List.of("expression", "union", "limit", "join", "aggregate", "cache")) {
      fits(query, List.of("columns"));
    }
    fits("exchange", List.of("columns", "groups"));
    for (String mode : List.of("rows by Comet", "scan alone", "converted")) {
      fits("filter", "columns", mode);
      fits("filter", "doubles", mode);
      fits("rows", "groups", mode);
    }
    fits("exchange", "columns", "planned at once");
    fits("join", "columns", "planned at once");
    writes();
  }

  private void fits(String query, List<String> stages) {
    stages.forEach(stage -> fits(query, stage, "operators"));
  }

  /** Fits and transforms with Comet and without. */
  private void fits(String query, String stage, String mode) {
    String title = query + ", " + stage + ", " + mode;
    Results expected =
        without.computeIfAbsent(
            query + ", " + stage, key -> inMode("none", () -> results(stage, query)));
    Results found = inMode(mode, () -> results(stage, query));
    requireSame(title, expected.learned, found.learned);
    requireSame(title + ", transformed", expected.transformed, found.transformed);
    out.println(title + ": " + found.read);
  }

  /** Returns what a fit learns, what its model makes of the rows, and what the fit has read. */
  private record Results(String learned, String transformed, String read) {}

  private Results results(String stage, String query) {
    Dataset<Row> data = query(query);
    BatchNormModel model = stage(stage).fit(data);
    Results results =
        new Results(
            model.mean() + " " + model.variance() + lines(model.summary()),
            lines(model.transform(data)),
            model.fitSummary().orElseThrow().toString());
    session.catalog().clearCache();
    return results;
  }

  /** Requires that a transform which Comet writes is what Spark writes. */
  private void writes() {
    requireSame("written", written("none"), written("operators"));
    out.println("written");
  }

  private String written(String mode) {
    String path = folder.resolve("written, " + mode).toString();
    return inMode(
        mode,
        () -> {
          BatchNormModel model = stage("columns").fit(query("rows"));
          model.transform(query("rows")).write().parquet(path);
          return inMode("none", () -> lines(session.read().parquet(path)));
        });
  }

  private <R> R inMode(String mode, Supplier<R> action) {
    Map<String, String> settings = MODES.getOrDefault(mode, Map.of());
    boolean before = Boolean.parseBoolean(session.conf().get(ENABLED, "true"));
    session.conf().set(ENABLED, !mode.equals("none"));
    settings.forEach(session.conf()::set);
    try {
      return action.get();
    } finally {
      settings.keySet().forEach(session.conf()::unset);
      session.conf().set(ENABLED, before);
    }
  }

  private static String lines(Dataset<Row> rows) {
    StringBuilder text = new StringBuilder();
    rows.collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .forEach(row -> text.append('\n').append(row));
    return text.toString();
  }

  private static void requireSame(String title, String expected, String found) {
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          title + "\nwithout Comet: " + expected + "\nwith Comet: " + found);
    }
  }

  private static BatchNorm stage(String name) {
    return switch (name) {
      case "columns" -> columns("keep");
      case "columns without nulls" -> columns("skip");
      case "groups" -> columns("keep").setGroupCols("name", "g");
      case "doubles" -> column("doubles").setHandleInvalid("keep");
      case "floats" -> column("floats").setHandleInvalid("skip");
      case "vectors" -> column("v");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static BatchNorm columns(String handleInvalid) {
    return new BatchNorm()
        .setInputCols(NUMBERS)
        .setOutputCols(NUMBERS)
        .setWeightCol("w")
        .setHandleInvalid(handleInvalid);
  }

  private static BatchNorm column(String name) {
    return new BatchNorm().setInputCol(name).setOutputCol("out").setWeightCol("w");
  }

  /** Returns a query that Comet runs by a plan of its own. */
  private Dataset<Row> query(String name) {
    return switch (name) {
      case "rows" -> read("rows");
      case "vectors" -> read("vectors");
      case "filter" -> read("rows").filter("id % 7 <> 2");
      case "expression" -> read("rows").withColumn("a", expr("a * 2 + b"));
      case "union" -> read("rows").union(read("rows").filter("g = 1"));
      case "limit" -> read("rows").orderBy("id").limit(777);
      case "exchange" -> read("rows").repartition(3);
      case "join" -> read("rows").join(read("parts").filter("factor = 4"), "part");
      case "aggregate" -> read("rows").distinct();
      case "cache" -> read("rows").selectExpr(NUMBERS).withColumn("w", lit(2.0)).cache();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private Dataset<Row> read(String name) {
    return session.read().parquet(folder.resolve(name).toString());
  }

  private void write() {
    session.conf().set(ENABLED, false);
    Dataset<Row> columns =
        session
            .range(0, 2500, 1, 2)
            .selectExpr(
                "id",
                "id % 3 as g",
                "concat('n', id % 5) as name",
                "cast(1 + id % 4 as double) as w",
                "if(id % 11 = 4, null, id * 7919 % 10007 / 997.0D) as a",
                "1e9D + id * 104729 % 1009 / 31.0D as b",
                "if(id % 10 = 3, null, float(id * 31 % 101 / 7.0D)) as c",
                "cast(id % 77 as short) as short",
                "if(id % 9 = 5, null, cast(id % 7 as byte)) as byte",
                "id % 2 = 0 as good",
                "cast(id / 7 as decimal(10, 3)) as narrow",
                "cast(id / 7 as decimal(30, 5)) as wide",
                "9007199254740993 + id as big",
                "cast(id % 5 as int) as i",
                "id % 4 as part")
            .selectExpr(
                "*",
                "if(id % 13 = 2, null, array(a, b)) as doubles",
                "if(id % 13 = 3, null, array(float(w), c)) as floats");
    columns.write().partitionBy("part").parquet(folder.resolve("rows").toString());
    // Comet leaves tables with vectors to Spark's scan.
    new VectorAssembler()
        .setInputCols(new String[] {"b", "w"})
        .setOutputCol("v")
        .transform(columns)
        .write()
        .parquet(folder.resolve("vectors").toString());
    session
        .range(0, 4)
        .selectExpr("id as part", "id * 2 as factor")
        .write()
        .parquet(folder.resolve("parts").toString());
  }
}
