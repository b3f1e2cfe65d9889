package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.moments.Moments;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.Jobs;
import batchnorm.spark.testing.SharedSession;
import batchnorm.spark.testing.StreamPlan;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** The stages are good citizens of Spark ML: in pipelines, on streams, copied, saved, lazy. */
class StageContractTest {
  private static final double[][] TABLE = {{1, 2}, {3, 5}, {5, 4}, {8, 8}};

  private final SparkSession session = SharedSession.get();

  static Stream<Arguments> stages() {
    BatchNorm toVector = columns().setOutputCol("out");
    BatchNorm toColumns = columns().setOutputCols("x", "b");
    BatchNorm ofColumn = new BatchNorm().setInputCol("a").setOutputCol("out");
    BatchNorm inPlace = new BatchNorm().setInputCol("v").setOutputCol("v");
    BatchNorm ofVector = new BatchNorm().setInputCol("v").setOutputCol("out");
    return Stream.of("error", "skip", "keep")
        .flatMap(
            handling ->
                Stream.of(
                    Arguments.of(toVector.copy(set(toVector, handling)), Frames.doubles(TABLE)),
                    Arguments.of(toColumns.copy(set(toColumns, handling)), Frames.doubles(TABLE)),
                    Arguments.of(ofColumn.copy(set(ofColumn, handling)), Frames.doubles(TABLE)),
                    Arguments.of(inPlace.copy(set(inPlace, handling)), Frames.dense(TABLE)),
                    Arguments.of(ofVector.copy(set(ofVector, handling)), Frames.sparse(TABLE)),
                    Arguments.of(ofVector.copy(set(ofVector, handling)), notNull()),
                    Arguments.of(
                        ofVector.copy(set(ofVector, handling)), Frames.doubleArrays(TABLE)),
                    Arguments.of(
                        ofVector.copy(set(ofVector, handling)), Frames.floatArrays(TABLE))));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void transformSchemaIsTheSchemaOfTransform(BatchNorm stage, Dataset<Row> frame) {
    BatchNormModel model = stage.fit(frame);
    StructType transformed = model.transform(frame).schema();
    assertEquals(transformed, model.transformSchema(frame.schema()));
    assertEquals(
        Arrays.toString(transformed.fields()),
        Arrays.toString(stage.transformSchema(frame.schema()).fields()));
    StructType restored = model.inverse().transform(model.transform(frame)).schema();
    assertEquals(restored, model.inverse().transformSchema(transformed));
    StructType nullable = transformed.asNullable();
    Dataset<Row> mayBeNull = frame.sparkSession().createDataFrame(List.of(), nullable);
    assertEquals(
        model.inverse().transform(mayBeNull).schema(), model.inverse().transformSchema(nullable));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void transformIsLazyAndLeavesItsInputAlone(BatchNorm stage, Dataset<Row> frame) {
    BatchNormModel model = stage.fit(frame);
    List<Row> before = frame.collectAsList();
    StructType schema = frame.schema();
    Dataset<Row> transformed = Jobs.none(session, () -> model.transform(frame));
    assertEquals(before.size(), transformed.count());
    assertEquals(before, frame.collectAsList());
    assertEquals(schema, frame.schema());
  }

  @Test
  void fitIsOneJobWithADescription() {
    Dataset<Row> frame = Frames.doubles(TABLE).repartition(5).persist();
    frame.count();
    List<String> jobs = Jobs.descriptions(session, () -> columns().setOutputCol("out").fit(frame));
    assertEquals(List.of("BatchNorm fit: mean and variance of 2 columns"), jobs);
    frame.unpersist();
  }

  @Test
  void aJobDescriptionOfTheUserIsKept() {
    Dataset<Row> frame = Frames.doubles(TABLE);
    session.sparkContext().setJobDescription("mine");
    try {
      List<String> jobs =
          Jobs.descriptions(session, () -> columns().setOutputCol("out").fit(frame));
      assertEquals(List.of("mine"), jobs.stream().distinct().toList());
      assertEquals("mine", session.sparkContext().getLocalProperty("spark.job.description"));
    } finally {
      session.sparkContext().setJobDescription(null);
    }
  }

  @Test
  void copyKeepsUidParamsAndParent() {
    BatchNorm stage = columns().setOutputCol("out").setEps(0.5).setWeightCol("w");
    BatchNorm copy = stage.copy(new ParamMap().put(stage.eps(), 0.25));
    assertEquals(stage.uid(), copy.uid());
    assertEquals("w", copy.getWeightCol());
    assertEquals(0.25, copy.getEps());
    assertEquals(0.5, stage.getEps());

    stage.clear(stage.weightCol());
    BatchNormModel model = stage.fit(Frames.doubles(TABLE));
    assertSame(stage, model.parent());
    assertEquals(stage.uid(), model.uid());
    BatchNormModel other = model.copy(new ParamMap().put(model.outputCol(), "other"));
    assertNotSame(model, other);
    assertSame(stage, other.parent());
    assertEquals(0.5, other.getEps());
    assertEquals("other", other.getOutputCol());
    assertEquals("out", model.getOutputCol());
    assertEquals(model.mean(), other.mean());
  }

  /** Serializes a model, as a user's function or a broadcast that holds it would. */
  @Test
  void modelsCanBeSerialized() {
    BatchNormModel fitted = columns().setOutputCol("out").fit(Frames.doubles(TABLE));
    BatchNormModel known = BatchNormModel.of(fitted.mean(), fitted.variance()).setInputCol("v");
    SerializerInstance serializer = new JavaSerializer(new SparkConf()).newInstance();
    ClassTag<BatchNormModel> tag = ClassTag$.MODULE$.apply(BatchNormModel.class);
    for (BatchNormModel model : List.of(fitted, known, fitted.inverse())) {
      BatchNormModel received = serializer.deserialize(serializer.serialize(model, tag), tag);
      assertEquals(model.uid(), received.uid());
      assertEquals(model.mean(), received.mean());
      assertArrayEquals(model.variance(1), received.variance(1));
      assertEquals(
          model.state().learned().moments().isPresent(),
          received.state().learned().moments().isPresent());
    }
    BatchNormModel received = serializer.deserialize(serializer.serialize(fitted, tag), tag);
    Moments moments = fitted.state().learned().moments().orElseThrow();
    Moments others = received.state().learned().moments().orElseThrow();
    for (int j = 0; j < moments.size(); j++) {
      assertEquals(moments.feature(j), others.feature(j));
    }
    assertEquals(
        fitted.transform(Frames.doubles(TABLE)).collectAsList(),
        received.transform(Frames.doubles(TABLE)).collectAsList());
  }

  @Test
  void aTransformTellsTheSummaryOfTheModel() {
    for (BatchNorm stage : List.of(columns(), columns().setGroupCols("g"))) {
      Dataset<Row> frame = Frames.doubles(TABLE).withColumn("g", functions.expr("int(b / 5)"));
      BatchNormModel model = stage.setOutputCol("out").setCorrection(1).fit(frame);
      Dataset<Row> told = model.copy(ParamMap.empty()).setOutput("summary").transform(frame);
      assertEquals(texts(model.summary()), texts(told));
      assertEquals(
          told.schema(),
          model.copy(ParamMap.empty()).setOutput("summary").transformSchema(frame.schema()));
    }
  }

  @Test
  void aTransformTellsTheStatisticsOfTheModelInOneRow() {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNormModel model =
        columns().setOutputCol("out").setRunningStatistics("exponential").fit(frame);
    BatchNormModel telling = model.copy(ParamMap.empty()).setOutput("statistics");
    Dataset<Row> told = telling.transform(session.range(0));
    assertEquals(told.schema(), telling.transformSchema(frame.schema()));
    Row row = told.first();
    assertEquals(1, told.count());
    assertEquals(model.count(), row.<Long>getAs("count"));
    assertEquals(1L, row.<Long>getAs("numBatchesTracked"));
    assertEquals(2, row.<Integer>getAs("numFeatures"));
    assertEquals(List.of(model.featureNames()), row.getList(row.fieldIndex("featureNames")));
    assertEquals(model.mean(), row.getAs("mean"));
    assertEquals(model.variance(), row.getAs("variance"));
    assertEquals(model.std(), row.getAs("std"));
    assertEquals("normalized", model.getOutput());
  }

  private static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  @Test
  void everyParamIsListedWithADocAndDefaultsAreThoseOfTheDesign() {
    BatchNorm stage = new BatchNorm("id");
    assertEquals(
        List.of(
            "aggregationDepth",
            "beta",
            "correction",
            "eps",
            "gamma",
            "groupCols",
            "handleInvalid",
            "initialModel",
            "inputCol",
            "inputCols",
            "maxSliceBytes",
            "momentum",
            "outputCol",
            "outputCols",
            "runningStatistics",
            "smallGroup",
            "unseenGroup",
            "weightCol",
            "withMean",
            "withStd"),
        Arrays.stream(stage.params()).map(param -> param.name()).toList());
    assertTrue(Arrays.stream(stage.params()).noneMatch(param -> param.doc().isBlank()));
    assertEquals(0, stage.getEps());
    assertEquals(0, stage.getCorrection());
    assertTrue(stage.getWithMean() && stage.getWithStd());
    assertEquals("error", stage.getHandleInvalid());
    assertEquals(2, stage.getAggregationDepth());
    assertEquals(16 << 20, stage.getMaxSliceBytes());
    assertEquals("pooled", stage.getRunningStatistics());
    assertEquals(0.1, stage.getMomentum());
    assertEquals("error", stage.getUnseenGroup());
    assertEquals("global", stage.getSmallGroup());
    assertEquals("id__output", stage.getOutputCol());
    assertFalse(stage.isDefined(stage.gamma()) || stage.isDefined(stage.beta()));
  }

  @Test
  void fitTakesParamsOfACall() {
    BatchNorm stage = columns().setOutputCol("out");
    BatchNormModel model =
        stage.fit(Frames.doubles(TABLE), new ParamMap().put(stage.correction(), 1));
    assertEquals(1, model.getCorrection());
    assertEquals(0, stage.getCorrection());
  }

  @Test
  void namesOfFeaturesComeFromMetadataAndGoIntoIt() {
    Dataset<Row> assembled =
        new VectorAssembler()
            .setInputCols(new String[] {"a", "b"})
            .setOutputCol("v")
            .transform(Frames.doubles(TABLE));
    BatchNormModel model = new BatchNorm().setInputCol("v").setOutputCol("out").fit(assembled);
    assertArrayEquals(new String[] {"a", "b"}, model.featureNames());
    assertArrayEquals(new String[] {"a", "b"}, names(model.transform(assembled), "out"));

    BatchNormModel ofColumns = columns().setOutputCol("out").fit(Frames.doubles(TABLE));
    assertArrayEquals(
        new String[] {"a", "b"}, names(ofColumns.transform(Frames.doubles(TABLE)), "out"));

    BatchNormModel unnamed = new BatchNorm().setInputCol("v").fit(Frames.dense(TABLE));
    assertArrayEquals(new String[] {"v_0", "v_1"}, unnamed.featureNames());
  }

  @Test
  void columnNamesMayHoldDotsSpacesAndBackticks() {
    String[] names = {"mean radius", "a.b", "tick`ed", "ünï,cödé"};
    Dataset<Row> frame = Frames.doubles(new double[][] {{1, 2, 3, 4}, {5, 6, 7, 9}}).toDF(names);
    BatchNormModel toVector =
        new BatchNorm().setInputCols(names).setOutputCol("out.put").fit(frame);
    assertArrayEquals(names, toVector.featureNames());
    Dataset<Row> transformed = toVector.transform(frame);
    assertEquals("out.put", transformed.schema().fieldNames()[4]);
    BatchNormModel inPlace = new BatchNorm().setInputCols(names).setOutputCols(names).fit(frame);
    assertArrayEquals(names, inPlace.transform(frame).columns());
    Row before = frame.first();
    Row after = toVector.inverse().transform(transformed).first();
    for (int j = 0; j < names.length; j++) {
      assertEquals(before.getDouble(j), after.getDouble(j), 1e-14);
    }
  }

  @Test
  void otherColumnsMayShareAName() {
    Dataset<Row> left = Frames.doubles(TABLE);
    Dataset<Row> joined = left.join(left.toDF("k", "b"), col("a").equalTo(col("k")));
    BatchNormModel model = new BatchNorm().setInputCols("a").setOutputCols("a").fit(joined);
    Dataset<Row> transformed = model.transform(joined);
    assertArrayEquals(new String[] {"a", "b", "k", "b"}, transformed.columns());
    assertEquals(transformed.schema(), model.transformSchema(joined.schema()));
    assertEquals(4, transformed.count());
  }

  @Test
  void namesAreFoundAsSparkSqlFindsThem() {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNormModel model =
        new BatchNorm().setInputCols("A", "B").setOutputCols("A", "B").fit(frame);
    assertArrayEquals(new String[] {"A", "B"}, model.transform(frame).columns());
    session.conf().set("spark.sql.caseSensitive", "true");
    try {
      assertEquals(
          "Column 'A' does not exist; the dataset has 'a', 'b'. Set the name of an existing column.",
          assertThrows(IllegalArgumentException.class, () -> model.transform(frame)).getMessage());
    } finally {
      session.conf().unset("spark.sql.caseSensitive");
    }
  }

  @Test
  void worksInAPipelineThatIsSavedAndLoaded(@TempDir Path directory) throws Exception {
    Dataset<Row> frame =
        session.range(60).select(rand(1).as("a"), rand(2).as("b"), rand(3).as("label"));
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  columns().setOutputCol("features"), new LinearRegression().setMaxIter(3)
                });
    PipelineModel model = pipeline.fit(frame);
    String path = directory.resolve("pipeline").toString();
    model.save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertEquals(model.transform(frame).collectAsList(), loaded.transform(frame).collectAsList());

    String unfitted = directory.resolve("unfitted").toString();
    pipeline.save(unfitted);
    PipelineModel again = Pipeline.load(unfitted).fit(frame);
    assertEquals(model.transform(frame).collectAsList(), again.transform(frame).collectAsList());
  }

  @Test
  void worksInACrossValidatorThatIsSavedAndLoaded(@TempDir Path directory) throws Exception {
    Dataset<Row> frame =
        session.range(90).select(rand(1).as("a"), rand(2).as("b"), rand(3).as("label"));
    BatchNorm stage = columns().setOutputCol("features");
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(
                new Pipeline()
                    .setStages(new PipelineStage[] {stage, new LinearRegression().setMaxIter(2)}))
            .setEstimatorParamMaps(
                new ParamGridBuilder().addGrid(stage.eps(), new double[] {0, 1e-5}).build())
            .setEvaluator(new RegressionEvaluator())
            .setNumFolds(2)
            .setSeed(4);
    CrossValidatorModel model = validator.fit(frame);
    String path = directory.resolve("validated").toString();
    model.save(path);
    CrossValidatorModel loaded = CrossValidatorModel.load(path);
    assertArrayEquals(model.avgMetrics(), loaded.avgMetrics());
    assertEquals(model.transform(frame).collectAsList(), loaded.transform(frame).collectAsList());
  }

  @Test
  void transformsAStream(@TempDir Path directory) throws Exception {
    Dataset<Row> frame = Frames.doubles(TABLE);
    String source = directory.resolve("source").toString();
    frame.write().parquet(source);
    BatchNormModel model = columns().setOutputCol("out").setHandleInvalid("skip").fit(frame);
    Dataset<Row> stream = session.readStream().schema(frame.schema()).parquet(source);
    StreamingQuery query =
        model.transform(stream).writeStream().format("memory").queryName("normalized").start();
    try {
      query.processAllAvailable();
      assertEquals(
          model.transform(frame).orderBy("a").collectAsList(),
          session.table("normalized").orderBy("a").collectAsList());
    } finally {
      query.stop();
    }
  }

  @Test
  void streamIsTransformedInAppendModeWithoutStateAndShuffle(@TempDir Path directory)
      throws Exception {
    Dataset<Row> frame = Frames.doubles(TABLE);
    String source = directory.resolve("source").toString();
    String target = directory.resolve("target").toString();
    frame.repartition(2).write().parquet(source);
    BatchNormModel model = columns().setOutputCols("a", "b").fit(frame);
    Dataset<Row> stream = session.readStream().schema(frame.schema()).parquet(source);
    StreamingQuery query =
        model
            .transform(stream)
            .writeStream()
            .outputMode("append")
            .option("checkpointLocation", directory.resolve("checkpoint").toString())
            .format("parquet")
            .start(target);
    try {
      query.processAllAvailable();
      String plan = StreamPlan.of(query);
      assertTrue(plan.contains("batchnorm("), plan);
      assertFalse(plan.contains("Exchange") || plan.contains("State"), plan);
      assertEquals(0, query.lastProgress().stateOperators().length);
    } finally {
      query.stop();
    }
    assertEquals(
        model.transform(frame).orderBy("a").collectAsList(),
        session.read().parquet(target).orderBy("a").collectAsList());
  }

  @Test
  void equalTransformsAreEqualPlansSoThatACachedResultIsFound() {
    Dataset<Row> frame = Frames.doubles(TABLE);
    BatchNormModel toVector = columns().setOutputCol("out").fit(frame);
    BatchNormModel toColumns = columns().setOutputCols("a", "b").fit(frame);
    for (BatchNormModel model : List.of(toVector, toColumns)) {
      Dataset<Row> cached = model.transform(frame).persist();
      assertTrue(plan(model.copy(new ParamMap()).transform(frame)).contains("InMemoryTableScan"));
      cached.unpersist();
      assertFalse(plan(model.transform(frame)).contains("InMemoryTableScan"));
    }
  }

  @Test
  void manyOutputColumnsStayOutOfWholeStageCode() {
    int n = 90;
    String[] names = new String[n];
    Arrays.setAll(names, j -> "c" + j);
    Column[] columns = Arrays.stream(names).map(name -> rand(1).as(name)).toArray(Column[]::new);
    Dataset<Row> frame = session.range(20).select(columns);
    BatchNormModel model = new BatchNorm().setInputCols(names).setOutputCols(names).fit(frame);
    String plan = plan(model.transform(frame));
    assertTrue(plan.startsWith("Project ["), plan);
    // Selecting some of the columns must not let the others back into one loop.
    assertTrue(plan(model.transform(frame).select("c3", "c4")).startsWith("Project ["));
    assertEquals(20, model.transform(frame).filter(col("c0").isNotNull()).count());
  }

  @Test
  void transformsThatEndUpInOneProjectionKeepTheirOwnStatistics() {
    Dataset<Row> frame =
        session.range(20).select(col("id").cast("double").as("a"), col("id").multiply(3).as("b"));
    BatchNormModel first = columns().setOutputCols("a", "b").setEps(3).fit(frame);
    BatchNormModel second = columns().setOutputCols("a", "b").setGamma(2, 5).fit(frame);
    Dataset<Row> between = first.transform(frame);
    Dataset<Row> twice = second.transform(between);
    assertTrue(plan(twice).contains("batchnorm(batchnorm("), plan(twice));
    Dataset<Row> apart =
        second.transform(session.createDataFrame(between.collectAsList(), between.schema()));
    assertEquals(apart.collectAsList(), twice.collectAsList());
  }

  @Test
  void columnsThatAreNotReadMayShareAName() {
    Dataset<Row> frame =
        session.range(3).select(col("id").as("x"), col("id").as("a"), col("id").plus(1).as("x"));
    Dataset<Row> out =
        new BatchNorm().setInputCols("a").setOutputCols("a").setEps(0).fit(frame).transform(frame);
    assertEquals(List.of("x", "a", "x"), List.of(out.columns()));
    Row first = out.orderBy("a").first();
    assertEquals(List.of(0L, 1L), List.of(first.get(0), first.get(2)));
    assertEquals(-Math.sqrt(1.5), first.getDouble(1), 1e-15);
  }

  @Test
  void wideModelsAreBroadcast() {
    int features = 10_000;
    double[][] table = new double[3][features];
    for (int i = 0; i < table.length; i++) {
      Arrays.fill(table[i], i);
    }
    Dataset<Row> frame = Frames.dense(table).repartition(2);
    BatchNormModel model =
        new BatchNorm().setInputCol("v").setOutputCol("out").setEps(0).fit(frame);
    Vector out = model.transform(frame).orderBy("v").first().getAs("out");
    assertEquals(-Math.sqrt(1.5), out.apply(features - 1), 1e-15);
    Dataset<Row> cached = model.transform(frame).persist();
    assertTrue(plan(model.transform(frame)).contains("InMemoryTableScan"));
    cached.unpersist();
    assertTrue(Jobs.taskBytes(model.transform(frame)) < 24L * features);
  }

  @Test
  void toStringNamesUidWidthAndColumns() {
    BatchNormModel model =
        new BatchNorm("id").setInputCols("a", "b").setOutputCol("out").fit(Frames.doubles(TABLE));
    assertEquals(
        "BatchNormModel: uid=id, numFeatures=2, eps=0.0, correction=0, inputCols='a', 'b', "
            + "outputCol='out'",
        model.toString());
    assertEquals(
        "BatchNormModel: uid=id, numFeatures=2, eps=0.0, correction=0, inputCols='a', 'b', "
            + "outputCol='out', inverse",
        model.inverse().toString());
    assertEquals(
        "BatchNormModel: uid=m, numFeatures=none, eps=0.0, correction=0, inputCol='v', "
            + "groupCols='g', 'h'",
        new BatchNormModel("m").setInputCol("v").setGroupCols("g", "h").toString());
    assertEquals(
        "BatchNormModel: uid=m, numFeatures=none, eps=0.0, correction=0",
        new BatchNormModel("m").toString());
  }

  private static BatchNorm columns() {
    return new BatchNorm().setInputCols("a", "b");
  }

  private static ParamMap set(BatchNorm stage, String handling) {
    return new ParamMap().put(stage.handleInvalid(), handling);
  }

  /** Vectors in a column that cannot be null. */
  private static Dataset<Row> notNull() {
    return new VectorAssembler()
        .setInputCols(new String[] {"a", "b"})
        .setOutputCol("v")
        .transform(Frames.doubles(TABLE).na().fill(0))
        .select("v");
  }

  private static String[] names(Dataset<Row> frame, String column) {
    AttributeGroup group = AttributeGroup.fromStructField(frame.schema().apply(column));
    return Arrays.stream(group.attributes().get())
        .map(Attribute::name)
        .map(name -> name.get())
        .toArray(String[]::new);
  }

  private static String plan(Dataset<Row> frame) {
    return ClassicSpark.query(frame).executedPlan().toString();
  }
}
