package batchnorm.spark.transform;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.compat.ClassicSpark;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.Jobs;
import batchnorm.spark.testing.SharedSession;
import batchnorm.spark.transform.KnownGroups.Way;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plans of a query with the transform of a model with groups, and the treatment of other groups.
 */
class GroupPlansTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final String BROADCAST = "spark.sql.autoBroadcastJoinThreshold";
  private static final StructType KEYS =
      new StructType().add("store", DataTypes.IntegerType).add("day", DataTypes.DateType);
  private static final Date DAY = Date.valueOf("2026-11-22");

  /** Mean and variance of all rows; the other groups have none of these. */
  private static final Statistics GLOBAL =
      Statistics.known(new double[] {100, 200}, new double[] {4, 4});

  @TempDir Path directory;

  @AfterEach
  void resetSession() {
    SESSION.conf().unset(BROADCAST);
    SESSION.conf().unset("spark.sql.codegen.factoryMode");
    SESSION.conf().unset("spark.sql.codegen.wholeStage");
    SESSION.catalog().clearCache();
  }

  /** The group store=1, day=DAY of mean 1, 2 and variance 1; store=null, day=null is small. */
  private static KnownGroups groups() {
    return new KnownGroups(KEYS)
        .add(9, new double[] {1, 2}, new double[] {1, 1}, 1, DAY)
        .add(1, new double[] {5, 6}, new double[] {0, 0}, null, null);
  }

  private static GroupTransform inPlace(Way way, UnaryOperator<BatchNormModel> params) {
    return new GroupTransform(
        groups().maps(way), params.apply(inPlace()), GLOBAL, Direction.NORMALIZING);
  }

  private static BatchNormModel inPlace() {
    return known().setInputCols("a", "b").setOutputCols("a", "b");
  }

  private static BatchNormModel known() {
    return BatchNormModel.of(Vectors.dense(0, 0), Vectors.dense(1, 1))
        .setEps(0)
        .setGroupCols("store", "day");
  }

  /** One row of a group. */
  private static Dataset<Row> row(Integer store, Date day) {
    StructType schema =
        new StructType()
            .add("a", DataTypes.DoubleType, false)
            .add("store", DataTypes.IntegerType)
            .add("day", DataTypes.DateType)
            .add("b", DataTypes.LongType, false);
    return Frames.of(schema, List.of(RowFactory.create(104.0, store, day, 196L)));
  }

  private static String message(Dataset<Row> frame) {
    Throwable thrown = assertThrows(Exception.class, frame::collectAsList);
    while (thrown.getCause() != null) {
      thrown = thrown.getCause();
    }
    return thrown.getMessage();
  }

  @ParameterizedTest
  @EnumSource
  void anUnseenGroupIsNamed(Way way) {
    assertEquals(
        "Group store=7, day=null was not fitted on; unseenGroup is 'error'. Set unseenGroup to "
            + "'global' to use the statistics of all rows or to 'null' to write null, or fit a model "
            + "on this data.",
        message(inPlace(way, model -> model).transform(row(7, null))));
    assertTrue(
        message(inPlace(way, model -> model).transform(row(null, DAY)))
            .startsWith("Group store=null, day=2026-11-22 was not fitted on;"));
  }

  @ParameterizedTest
  @EnumSource
  void anUnseenGroupMayGetTheStatisticsOfAllRows(Way way) {
    GroupTransform transform = inPlace(way, model -> model.setUnseenGroup("global"));
    assertEquals(RowFactory.create(2.0, 7, null, -2.0), transform.transform(row(7, null)).first());
    assertEquals(RowFactory.create(103.0, 1, DAY, 194.0), transform.transform(row(1, DAY)).first());
  }

  @ParameterizedTest
  @EnumSource
  void anUnseenGroupMayBecomeNullInColumnsOfEveryKind(Way way) {
    Dataset<Row> rows = row(7, DAY).union(row(1, DAY)).coalesce(1);
    Dataset<Row> arrays =
        rows.select(
            col("store"),
            col("day"),
            array(col("a"), col("b")).as("doubles"),
            array(col("a").cast("float"), col("b").cast("float")).as("floats"));
    UnaryOperator<BatchNormModel> nulls = model -> model.setUnseenGroup("null");
    assertEquals(
        List.of(RowFactory.create(null, 7, DAY, null), RowFactory.create(103.0, 1, DAY, 194.0)),
        inPlace(way, nulls).transform(rows).collectAsList());
    for (BatchNormModel model :
        List.of(
            known().setInputCols("a", "b").setOutputCol("out"),
            known().setInputCol("doubles").setOutputCol("out"),
            known().setInputCol("floats").setOutputCol("out"))) {
      Dataset<Row> in = model.isSet(model.inputCols()) ? rows : arrays;
      GroupTransform transform =
          new GroupTransform(groups().maps(way), nulls.apply(model), GLOBAL, Direction.NORMALIZING);
      Dataset<Row> out = transform.transform(in);
      assertEquals(transform.output(in.schema()).in(in.schema()), out.schema());
      assertTrue(out.schema().apply("out").nullable());
      List<Row> found = out.select("out").collectAsList();
      assertTrue(found.get(0).isNullAt(0));
      assertFalse(found.get(1).isNullAt(0));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSmallGroupGetsTheStatisticsOfAllRowsOrStaysAsItIs(Way way) {
    assertEquals(
        RowFactory.create(2.0, null, null, -2.0),
        inPlace(way, model -> model.setSmallGroup("global")).transform(row(null, null)).first());
    assertEquals(
        RowFactory.create(104.0, null, null, 196.0),
        inPlace(way, model -> model.setSmallGroup("unit")).transform(row(null, null)).first());
  }

  @ParameterizedTest
  @EnumSource
  void aSmallGroupThatIsRefusedIsNamed(Way way) {
    GroupTransform transform = inPlace(way, model -> model.setSmallGroup("error"));
    Throwable thrown =
        assertThrows(Exception.class, () -> transform.transform(row(null, null)).collectAsList());
    while (thrown.getCause() != null) {
      thrown = thrown.getCause();
    }
    assertEquals(
        "Group store=null, day=null was fitted on rows of weight 1, expected two rows or more, or a weight above 1; smallGroup "
            + "is 'error'. Set smallGroup to 'global' to use the statistics of all rows or to 'unit' "
            + "to use mean 0 and variance 1.",
        thrown.getMessage());
  }

  @Test
  void groupColumnsAreThoseOfTheFit() {
    GroupTransform fewer = inPlace(Way.LOOKUP, model -> model.setGroupCols("store"));
    assertEquals(
        "groupCols has 1 columns; the model was fitted on groups by 2. Set 2 columns, in the order "
            + "of the fit.",
        assertThrows(IllegalArgumentException.class, () -> fewer.transform(row(1, DAY)))
            .getMessage());
    Dataset<Row> text = row(1, DAY).withColumn("store", lit("1"));
    assertEquals(
        "Group column 'store' has type string; the model was fitted on groups of type int. Cast it.",
        assertThrows(
                IllegalArgumentException.class,
                () -> inPlace(Way.LOOKUP, model -> model).transform(text))
            .getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void otherColumnsStayAsTheyAreWithTheirMetadataWhateverTheirNames(Way way) {
    Column marked = col("a").as("marked", new MetadataBuilder().putString("unit", "EUR").build());
    Dataset<Row> rows =
        row(1, DAY)
            .select(
                col("a"),
                marked,
                col("b").as("group"),
                lit(1).as("x.y`z"),
                lit(2).as("twice"),
                lit(3).as("twice"),
                col("day"),
                col("store"),
                col("b"));
    GroupTransform transform = inPlace(way, model -> model);
    Dataset<Row> out = transform.transform(rows);
    assertEquals(transform.output(rows.schema()).in(rows.schema()), out.schema());
    assertEquals(RowFactory.create(103.0, 104.0, 196L, 1, 2, 3, DAY, 1, 194.0), out.first());
  }

  @Test
  void lookingUpIsLazyAndJoinsNothing() {
    Dataset<Row> rows = row(1, DAY);
    GroupTransform transform = inPlace(Way.LOOKUP, model -> model);
    transform.transform(rows);
    Dataset<Row> out = Jobs.none(SESSION, () -> transform.transform(rows));
    String plan = plan(out);
    assertFalse(plan.contains("Join") || plan.contains("Exchange"), plan);
    assertTrue(plan.contains("*(1) Project [a#"), "the lookup in whole-stage code: " + plan);
    assertEquals(1, plan.split("group\\(", -1).length - 1, plan);
  }

  @Test
  void aGroupIsLookedUpOnceARowWhateverIsSelected() {
    Dataset<Row> out =
        inPlace(Way.LOOKUP, model -> model)
            .transform(row(1, DAY))
            .select(col("b"), col("a"), col("a").plus(col("b")));
    assertEquals(1, plan(out).split("group\\(", -1).length - 1, plan(out));
  }

  @Test
  void whereSparkMayNotBroadcastGroupsAreJoined() {
    SESSION.conf().set(BROADCAST, -1);
    Dataset<Row> out = inPlace(Way.LOOKUP, model -> model).transform(row(1, DAY));
    assertTrue(plan(out).contains("SortMergeJoin"), plan(out));
    assertEquals(RowFactory.create(103.0, 1, DAY, 194.0), out.first());
  }

  @Test
  void tasksDoNotCarryTheGroups() {
    KnownGroups many = new KnownGroups(KEYS);
    for (int store = 0; store < 20_000; store++) {
      many.add(9, new double[] {1, 2}, new double[] {1, 1}, store, DAY);
    }
    GroupTransform transform =
        new GroupTransform(many.maps(Way.LOOKUP), inPlace(), GLOBAL, Direction.NORMALIZING);
    long bytes = Jobs.taskBytes(transform.transform(row(1, DAY)));
    assertTrue(bytes < 200_000, bytes + " bytes");
  }

  @ParameterizedTest
  @EnumSource
  void equalTransformsMakeEqualPlansSoThatCachedRowsAreFound(Way way) {
    Dataset<Row> rows = row(1, DAY);
    Dataset<Row> statistics = groups().statistics();
    Dataset<Row> cached = of(statistics, way, inPlace()).transform(rows).cache();
    assertTrue(plan(of(statistics, way, inPlace()).transform(rows)).contains("InMemoryTableScan"));
    assertFalse(
        plan(of(statistics, way, inPlace().setEps(1)).transform(rows))
            .contains("InMemoryTableScan"));
    assertFalse(
        plan(of(statistics, way, inPlace().setUnseenGroup("global")).transform(rows))
            .contains("InMemoryTableScan"));
    cached.unpersist();
  }

  private static GroupTransform of(Dataset<Row> statistics, Way way, BatchNormModel params) {
    return new GroupTransform(
        new GroupCoefficients(KEYS, statistics, way == Way.LOOKUP),
        params,
        GLOBAL,
        Direction.NORMALIZING);
  }

  @ParameterizedTest
  @EnumSource
  void aTransformCanBeAppliedAfterAnotherOfTheSameModel(Way way) {
    GroupTransform transform = inPlace(way, model -> model);
    Dataset<Row> back = transform.inverse().transform(transform.transform(row(1, DAY)));
    assertEquals(RowFactory.create(104.0, 1, DAY, 196.0), back.first());
    Dataset<Row> self = back.as("l").join(transform.transform(row(1, DAY)).as("r"), "store");
    assertEquals(1, self.count());
  }

  @Test
  void lookingUpKeepsTheOrderOfRows() {
    Dataset<Row> rows =
        SESSION
            .range(0, 1000, 1, 3)
            .select(
                col("id").cast("double").as("a"),
                lit(1).as("store"),
                lit(DAY).as("day"),
                col("id").as("b"));
    List<Double> order = new ArrayList<>();
    inPlace(Way.LOOKUP, model -> model)
        .transform(rows)
        .collectAsList()
        .forEach(row -> order.add(row.getDouble(0) + 1));
    assertEquals(order.stream().sorted().toList(), order);
    assertEquals(1000, order.size());
  }

  /** Keys are written by generated code, by Spark's projections, and by its interpreter. */
  @ParameterizedTest
  @ValueSource(strings = {"FALLBACK", "NO_CODEGEN"})
  void keysOfEveryTypeAreFound(String factoryMode) {
    StructType keys =
        new StructType()
            .add("byte", DataTypes.ByteType)
            .add("short", DataTypes.ShortType)
            .add("long", DataTypes.LongType)
            .add("float", DataTypes.FloatType)
            .add("boolean", DataTypes.BooleanType)
            .add("timestamp", DataTypes.TimestampType)
            .add("local", DataTypes.TimestampNTZType)
            .add("price", DataTypes.createDecimalType(10, 2))
            .add("sum", DataTypes.createDecimalType(30, 2))
            .add("text", DataTypes.StringType);
    Object[] values = {
      (byte) 1,
      (short) 2,
      3L,
      4.5F,
      true,
      Timestamp.valueOf("2026-11-22 12:00:00"),
      LocalDateTime.of(2026, 11, 22, 12, 0),
      new BigDecimal("12345678.90"),
      new BigDecimal("1234567890123456789012345678.90"),
      "ein \u00fcberlanger Name"
    };
    KnownGroups groups = new KnownGroups(keys);
    List<Object[]> all = new ArrayList<>(List.of(values, new Object[keys.size()]));
    for (int i = 0; i < keys.size(); i++) {
      Object[] one = values.clone();
      one[i] = null;
      all.add(one);
    }
    List<Row> rows = new ArrayList<>();
    List<Double> expected = new ArrayList<>();
    for (Object[] key : all) {
      groups.add(9, new double[] {10.0 * rows.size()}, new double[] {1}, key);
      Object[] row = Arrays.copyOf(key, key.length + 1);
      row[key.length] = 1000.0;
      expected.add(1000.0 - 10 * rows.size());
      rows.add(RowFactory.create(row));
    }
    BatchNormModel params =
        BatchNormModel.of(Vectors.dense(0), Vectors.dense(1))
            .setEps(0)
            .setInputCol("x")
            .setOutputCol("y")
            .setGroupCols(keys.fieldNames());
    Dataset<Row> frame = Frames.of(keys.add("x", DataTypes.DoubleType), rows);
    SESSION.conf().set("spark.sql.codegen.factoryMode", factoryMode);
    SESSION.conf().set("spark.sql.codegen.wholeStage", factoryMode.equals("FALLBACK"));
    for (Way way : Way.values()) {
      GroupTransform transform =
          new GroupTransform(
              groups.maps(way),
              params,
              Statistics.known(new double[1], new double[1]),
              Direction.NORMALIZING);
      List<Double> found = new ArrayList<>();
      transform
          .transform(frame)
          .orderBy(col("y").desc())
          .collectAsList()
          .forEach(row -> found.add(row.getAs("y")));
      assertEquals(expected, found, way.name());
    }
  }

  @ParameterizedTest
  @EnumSource
  void streamsAreMapped(Way way) throws Exception {
    String in = directory.resolve("in").toString();
    row(1, DAY).union(row(7, null)).write().parquet(in);
    Dataset<Row> stream = SESSION.readStream().schema(row(1, DAY).schema()).parquet(in);
    Dataset<Row> out = inPlace(way, model -> model.setUnseenGroup("null")).transform(stream);
    assertTrue(out.isStreaming());
    String name = "mapped_" + way.name().toLowerCase(java.util.Locale.ROOT);
    StreamingQuery query =
        out.writeStream()
            .format("memory")
            .queryName(name)
            .option("checkpointLocation", directory.resolve("checkpoint").toString())
            .start();
    try {
      query.processAllAvailable();
      row(1, DAY).write().mode("append").parquet(in);
      query.processAllAvailable();
    } finally {
      query.stop();
    }
    List<Row> rows = SESSION.table(name).orderBy(col("a").desc_nulls_last()).collectAsList();
    assertEquals(
        List.of(
            RowFactory.create(103.0, 1, DAY, 194.0),
            RowFactory.create(103.0, 1, DAY, 194.0),
            RowFactory.create(null, 7, null, null)),
        rows);
  }

  @Test
  void veryManyGroupsAreJoined() {
    long groups = 200_000;
    StructType keys = new StructType().add("k", DataTypes.LongType);
    Dataset<Row> statistics =
        SESSION
            .range(0, groups, 1, 2)
            .selectExpr(
                "struct(id AS k) AS group",
                "9.0D AS weight",
                "array(double(id)) AS mean",
                "array(4.0D) AS variance",
                "array(4.0D) AS sampleVariance",
                "array(9L) AS count",
                "array(0L) AS missing",
                "9L AS rows",
                "cast(array() AS array<bigint>) AS extension");
    BatchNormModel params =
        BatchNormModel.of(Vectors.dense(0), Vectors.dense(1))
            .setEps(0)
            .setInputCol("x")
            .setOutputCol("y")
            .setGroupCols("k");
    GroupTransform transform =
        new GroupTransform(
            new GroupCoefficients(keys, statistics, false),
            params,
            Statistics.known(new double[1], new double[1]),
            Direction.NORMALIZING);
    Dataset<Row> rows =
        SESSION.range(0, groups, 1, 2).selectExpr("id AS k", "double(id) + pmod(id, 3) * 2 AS x");
    Row found =
        transform
            .transform(rows)
            .selectExpr("count(*)", "count(distinct k)", "count_if(y = pmod(k, 3))")
            .first();
    assertEquals(RowFactory.create(groups, groups, groups), found);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 150})
  void theProjectionOfManyColumnsIsSplitAsWithoutGroups(int columns) {
    String[] names = Frames.names(columns);
    Arrays.setAll(names, j -> "c" + j);
    double[] zeros = new double[columns];
    double[] ones = new double[columns];
    Arrays.fill(ones, 1);
    StructType keys = new StructType().add("k", DataTypes.LongType);
    KnownGroups one = new KnownGroups(keys).add(9, ones, ones, 0L);
    BatchNormModel params =
        BatchNormModel.of(Vectors.dense(zeros), Vectors.dense(ones))
            .setEps(0)
            .setInputCols(names)
            .setOutputCols(names)
            .setGroupCols("k");
    GroupTransform transform =
        new GroupTransform(
            one.maps(Way.LOOKUP), params, Statistics.known(zeros, ones), Direction.NORMALIZING);
    List<Column> all = new ArrayList<>();
    all.add(lit(0L).as("k"));
    for (String name : names) {
      all.add(col("id").cast("double").as(name));
    }
    Dataset<Row> out = transform.transform(SESSION.range(5).select(all.toArray(Column[]::new)));
    String plan = plan(out);
    assertTrue(plan.startsWith(columns > 2 ? "Project" : "*("), plan);
    assertEquals(4.0 - 1, out.orderBy(col("c0").desc()).first().getDouble(columns));
  }

  private static String plan(Dataset<Row> frame) {
    return ClassicSpark.query(frame).executedPlan().toString();
  }
}
