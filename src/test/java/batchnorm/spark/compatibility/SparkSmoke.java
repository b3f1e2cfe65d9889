package batchnorm.spark.compatibility;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.RunningBatchNorm;
import batchnorm.spark.sql.ExactAggregates;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.collection.Seq;

/**
 * Everything that the library does with Spark, once, on the Spark of the class path. It prints the
 * bits of the results, which are the same on every Spark. Arguments: an empty folder to write to,
 * and the one that a run on another Spark wrote to, whose models are then loaded too.
 */
public final class SparkSmoke {
  private static final int ROWS = 200;
  private static final int WIDTH = 120;

  private final PrintStream out;
  private final SparkSession session;
  private final Path folder;
  private final Path other;

  private SparkSmoke(PrintStream out, SparkSession session, Path folder, Path other) {
    this.out = out;
    this.session = session;
    this.folder = folder;
    this.other = other;
  }

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path folder = Path.of(args[0]);
    SparkSession session =
        SmokeSession.builder(folder)
            // No second way where generated code does not compile.
            .config("spark.sql.codegen.factoryMode", "CODEGEN_ONLY")
            .getOrCreate();
    new SparkSmoke(out, session, folder, Path.of(args[args.length - 1])).run();
    session.stop();
  }

  private void run() throws Exception {
    Dataset<Row> data = data();
    BatchNormModel columns = columns(data);
    BatchNormModel groups = groups(data);
    vectors(data);
    wide();
    pipeline(data);
    models(columns, groups, data);
    exports(columns);
    stream(data);
    aggregates(data);
  }

  private BatchNormModel columns(Dataset<Row> data) {
    BatchNormModel model = stage("columns").fit(data);
    print("columns", model);
    print("columns, transformed", model.transform(data).select("id", "a", "b", "c"));
    print(
        "columns, and back",
        model.inverse().transform(model.transform(data)).select("id", "a", "b", "c"));
    print("columns, summary", model.summary());
    print("rows", stage("rows").fit(data.filter("id % 7 <> 2")));
    return model;
  }

  private BatchNormModel groups(Dataset<Row> data) {
    BatchNormModel model = stage("groups").setGroupCols("g").fit(data);
    print("groups", model.summary().orderBy("g", "name"));
    print("groups, transformed", model.transform(data).select("id", "a", "b", "c"));
    return model;
  }

  private void vectors(Dataset<Row> data) {
    for (String column : List.of("dense", "sparse", "doubles", "floats")) {
      BatchNorm stage = new BatchNorm(column).setInputCol(column).setOutputCol("out").setEps(1e-5);
      BatchNormModel model = stage.fit(data);
      print(column, model);
      print(column + ", transformed", model.transform(data).select("id", "out"));
    }
  }

  /** More columns than Spark reads as columns when left to itself. */
  private void wide() {
    String[] names = IntStream.range(0, WIDTH).mapToObj(j -> "w" + j).toArray(String[]::new);
    String path = folder.resolve("wide").toString();
    session
        .range(0, ROWS, 1, 2)
        .selectExpr(
            IntStream.range(0, WIDTH).mapToObj(SparkSmoke::wideColumn).toArray(String[]::new))
        .write()
        .parquet(path);
    Dataset<Row> data = session.read().parquet(path);
    BatchNormModel model =
        new BatchNorm("wide").setInputCols(names).setOutputCols(names).setEps(0).fit(data);
    print("wide", model);
    print("wide, transformed", model.transform(data).orderBy("w0"));
  }

  private void pipeline(Dataset<Row> data) throws Exception {
    VectorAssembler assembler =
        new VectorAssembler("assembler").setInputCols(new String[] {"a", "b"}).setOutputCol("v");
    BatchNorm stage = new BatchNorm("inPipeline").setInputCol("v").setOutputCol("out").setEps(0);
    PipelineModel model =
        new Pipeline("pipeline").setStages(new PipelineStage[] {assembler, stage}).fit(data);
    model.write().save(folder.resolve("pipeline").toString());
    print(
        "pipeline, loaded",
        PipelineModel.load(saved("pipeline")).transform(data).select("id", "out"));
  }

  private void models(BatchNormModel columns, BatchNormModel groups, Dataset<Row> data)
      throws Exception {
    stage("stage").write().save(folder.resolve("stage").toString());
    columns.write().save(folder.resolve("columns").toString());
    groups.write().save(folder.resolve("groups").toString());
    BatchNormModel loaded = BatchNormModel.load(saved("columns"));
    print("loaded", loaded);
    print("loaded, transformed", loaded.transform(data).select("id", "a", "b", "c"));
    print("stage, loaded", BatchNorm.load(saved("stage")).fit(data));
    print("updated", loaded.update(data.filter("id < 50")));
    print("merged", columns.merge(loaded));
    BatchNormModel loadedGroups = BatchNormModel.load(saved("groups"));
    print("groups, loaded", loadedGroups.summary().orderBy("g", "name"));
    print("groups, merged", groups.merge(loadedGroups).summary().orderBy("g", "name"));
  }

  private void exports(BatchNormModel model) throws Exception {
    Path onnx = folder.resolve("model.onnx");
    model.toOnnx(onnx.toString());
    print("onnx", Files.readAllBytes(onnx));
    Path torch = folder.resolve("model.safetensors");
    model.toTorch(torch.toString());
    print("torch", Files.readAllBytes(torch));
    Path json = folder.resolve("model.json");
    model.toJson(json.toString());
    print("json, and back", BatchNormModel.fromJson(json.toString()));
  }

  private void stream(Dataset<Row> data) throws Exception {
    String versions = folder.resolve("versions").toString();
    RunningBatchNorm running = new RunningBatchNorm(stage("stream"), versions);
    running.onBatch(data.filter("id < 80"), 0);
    running.onBatch(data.filter("id >= 80"), 1);
    print("stream", BatchNormModel.load(versions));
  }

  private void aggregates(Dataset<Row> data) {
    ExactAggregates.register(session);
    data.createOrReplaceTempView("aggregated");
    print(
        "aggregates",
        session.sql(
            "SELECT g, exact_sum(b), exact_avg(c) FILTER (WHERE a > 1), exact_var_samp(id), exact_sum(DISTINCT g),"
                + " exact_var_pop(CAST(a AS DECIMAL(20, 6))), try_exact_sum(9223372036854775807L - id)"
                + " FROM aggregated GROUP BY g ORDER BY g"));
    print(
        "aggregates of windows",
        session.sql(
            "SELECT id, exact_avg(a) OVER (PARTITION BY g ORDER BY id ROWS 2 PRECEDING) FROM aggregated"));
  }

  /** Returns the path of what the run on the other Spark has saved, if there was one. */
  private String saved(String name) {
    return other.resolve(name).toString();
  }

  private static BatchNorm stage(String uid) {
    return new BatchNorm(uid)
        .setInputCols("a", "b", "c")
        .setOutputCols("a", "b", "c")
        .setWeightCol("w")
        .setHandleInvalid("keep")
        .setEps(0);
  }

  private Dataset<Row> data() throws Exception {
    String path = folder.resolve("data").toString();
    Dataset<Row> columns =
        session
            .range(0, ROWS, 1, 2)
            .selectExpr(
                "id",
                "id % 3 as g",
                "double(1 + id % 4) as w",
                "id * 7919 % 10007 / 997.0D as a",
                "1e9D + id * 104729 % 1009 / 31.0D as b",
                "if(id % 10 = 3, null, float(id * 31 % 101 / 7.0D)) as c")
            .selectExpr("*", "array(a, b) as doubles", "array(float(a), float(w)) as floats");
    Dataset<Row> dense =
        new VectorAssembler("dense")
            .setInputCols(new String[] {"a", "b"})
            .setOutputCol("dense")
            .transform(columns);
    new VectorAssembler("sparse")
        .setInputCols(new String[] {"g", "sevenths", "zero", "zero2"})
        .setOutputCol("sparse")
        .transform(
            dense.selectExpr("*", "id % 7 div 6 as sevenths", "0.0D as zero", "0.0D as zero2"))
        .write()
        .parquet(path);
    return session.read().parquet(path);
  }

  private static String wideColumn(int j) {
    return "id * " + (7919 + j) + " % 10007 / 997.0D as w" + j;
  }

  private void print(String name, BatchNormModel model) {
    String read = model.fitSummary().map(summary -> " of " + summary.path()).orElse("");
    print(name + read, bytes(model.mean()), bytes(model.variance()), bytes(model.std()));
  }

  private void print(String name, Dataset<Row> rows) {
    Dataset<Row> sorted = List.of(rows.columns()).contains("id") ? rows.orderBy("id") : rows;
    StringBuilder text = new StringBuilder();
    sorted.collectAsList().forEach(row -> text.append(text(row)).append('\n'));
    print(name, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The text of a row, whatever this Spark's Scala calls its sequences. */
  private static String text(Row row) {
    return IntStream.range(0, row.size())
        .mapToObj(i -> String.valueOf(row.get(i) instanceof Seq<?> ? row.getList(i) : row.get(i)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private void print(String name, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      Stream.of(parts).forEach(digest::update);
      out.println(name + ": " + HexFormat.of().formatHex(digest.digest(), 0, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(Vector vector) {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * vector.size());
    for (double value : vector.toArray()) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }
}
