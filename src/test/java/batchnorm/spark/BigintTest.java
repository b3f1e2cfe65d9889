package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * BIGINT columns beyond 2^53, such as epoch nanoseconds and ids, count as the integers they are.
 */
class BigintTest {
  private static final long NANOS = 1_700_000_000_000_000_000L;
  private static final MathContext DIGITS = new MathContext(60);
  private static final String[] INPUTS = {"nanos", "id"};

  /** The roundings of the difference, the deviation, the coefficient and the product. */
  private static final int UNITS = 3;

  @TempDir static Path directory;

  /** Parquet, whose few nanoseconds are written as a dictionary. */
  private static Dataset<Row> table;

  @BeforeAll
  static void write() {
    SharedSession.get()
        .range(0, 3000, 1, 2)
        .select(
            col("id").as("row"),
            expr(NANOS + "L + 100 * (id % 4)").as("nanos"),
            expr("if(id % 7 = 3, null, " + NANOS + "L + 1 + 100 * (id % 5))").as("some"),
            expr("xxhash64(id)").as("id"),
            expr("id % 11 - 5").as("small"),
            expr("id % 3").as("store"),
            expr("1 + id % 2").as("weight"))
        .write()
        .parquet(directory.resolve("table").toString());
    table = SharedSession.get().read().parquet(directory.resolve("table").toString());
  }

  @Test
  void statisticsAreThoseOfTheIntegersFromEverySource() {
    List<Dataset<Row>> sources =
        List.of(table, table.filter("row >= 0"), table.repartition(5).cache());
    for (Dataset<Row> source : sources) {
      for (boolean weighted : new boolean[] {false, true}) {
        BatchNorm stage =
            new BatchNorm()
                .setInputCols("nanos", "some", "id", "small")
                .setOutputCol("out")
                .setHandleInvalid("keep");
        BatchNormModel model = (weighted ? stage.setWeightCol("weight") : stage).fit(source);
        assertExact(model, 0, values("nanos", weighted));
        assertExact(model, 1, values("some", weighted));
        assertExact(model, 2, values("id", weighted));
        assertExact(model, 3, values("small", weighted));
        assertEquals(
            List.of(false, false, false, false),
            model.summary().select("constant").as(Encoders.BOOLEAN()).collectAsList());
      }
    }
  }

  @Test
  void valuesJustBeyondTheDoubles() {
    Dataset<Row> three = longs(9007199254740993L, 9007199254740993L, 9007199254740994L);
    BatchNormModel model = stage("x").fit(three);
    assertEquals(2 / 9.0, model.variance().apply(0));
    assertEquals(9007199254740993.33, model.mean().apply(0));
    List<Row> out = model.transform(three).select("out").collectAsList();
    // (x - mean) / std, with -1/3 and 2/3 over sqrt(2) / 3
    assertEquals(-Math.sqrt(0.5), out.get(0).getDouble(0), 2e-16);
    assertEquals(Math.sqrt(2), out.get(2).getDouble(0), 4e-16);
  }

  @Test
  void theMeanIsSubtractedBeforeTheValueIsRounded() {
    BatchNormModel columns =
        new BatchNorm().setEps(0).setInputCols(INPUTS).setOutputCols("a", "b").fit(table);
    BatchNormModel inPlace = columns.copy(ParamMap.empty()).setOutputCols(INPUTS);
    BatchNormModel vector = columns.copy(ParamMap.empty());
    vector.clear(vector.outputCols());
    vector.setOutputCol("v");
    List<Row> expected = columns.transform(table).orderBy("row").collectAsList();
    for (int j = 0; j < 2; j++) {
      assertImages(values(INPUTS[j], false), expected, j == 0 ? "a" : "b");
    }
    List<Row> replaced = inPlace.transform(table).orderBy("row").collectAsList();
    List<Row> vectors = vector.transform(table).orderBy("row").collectAsList();
    for (int i = 0; i < expected.size(); i++) {
      double[] images = {expected.get(i).getAs("a"), expected.get(i).getAs("b")};
      assertEquals(images[0], replaced.get(i).<Double>getAs("nanos"));
      assertEquals(images[1], replaced.get(i).<Double>getAs("id"));
      assertArrayEquals(images, vectors.get(i).<Vector>getAs("v").toArray());
    }
    SparkSession session = SharedSession.get();
    session.conf().set("spark.sql.codegen.wholeStage", "false");
    session.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    try {
      assertEquals(expected, columns.transform(table).orderBy("row").collectAsList());
    } finally {
      session.conf().unset("spark.sql.codegen.wholeStage");
      session.conf().unset("spark.sql.codegen.factoryMode");
    }
  }

  @Test
  void nullsAreKeptSkippedOrRefused() {
    BatchNormModel model = stage("some").setHandleInvalid("keep").fit(table);
    List<Row> kept = model.transform(table).orderBy("row").collectAsList();
    assertTrue(kept.get(3).isNullAt(kept.get(3).fieldIndex("out")));
    List<Row> there = kept.stream().filter(row -> row.<Long>getAs("row") % 7 != 3).toList();
    assertImages(values("some", false), there, "out");
    model.setHandleInvalid("skip");
    assertEquals(there, model.transform(table).orderBy("row").collectAsList());
    model.setHandleInvalid("error");
    String refused =
        assertThrows(Exception.class, () -> model.transform(table).collectAsList()).toString();
    assertTrue(refused.contains("Column 'some' has a missing value (null or NaN)"), refused);
  }

  @Test
  void groupsAreMappedAsTheirRowsAlone() throws IOException {
    BatchNormModel model =
        new BatchNorm()
            .setEps(0)
            .setInputCols(INPUTS)
            .setOutputCols("a", "b")
            .setGroupCols("store")
            .fit(table);
    Dataset<Row> alone =
        IntStream.range(0, 3)
            .mapToObj(store -> table.filter("store = " + store))
            .map(
                rows ->
                    new BatchNorm()
                        .setEps(0)
                        .setInputCols(INPUTS)
                        .setOutputCols("a", "b")
                        .fit(rows)
                        .transform(rows))
            .reduce(Dataset::union)
            .orElseThrow();
    List<Row> expected = alone.orderBy("row").collectAsList();
    assertEquals(expected, model.transform(table).orderBy("row").collectAsList());
    SharedSession.get().conf().set("spark.sql.autoBroadcastJoinThreshold", "-1");
    try {
      assertEquals(expected, model.transform(table).orderBy("row").collectAsList());
    } finally {
      SharedSession.get().conf().unset("spark.sql.autoBroadcastJoinThreshold");
    }
    BatchNormModel filtered =
        new BatchNorm()
            .setEps(0)
            .setInputCols(INPUTS)
            .setOutputCols("a", "b")
            .setGroupCols("store")
            .fit(table.filter("row >= 0"));
    String saved = directory.resolve("groups").toString();
    filtered.save(saved);
    BatchNormModel loaded = BatchNormModel.load(saved);
    assertEquals(expected, loaded.transform(table).orderBy("row").collectAsList());
    assertEquals(
        model.summary().orderBy("store", "name").collectAsList(),
        loaded.summary().orderBy("store", "name").collectAsList());
  }

  @Test
  void modelsAreSavedUpdatedMergedAndExported() throws IOException {
    BatchNormModel model = stage("nanos").fit(table);
    List<Row> expected = model.transform(table).orderBy("row").collectAsList();
    String saved = directory.resolve("model").toString();
    model.save(saved);
    String json = directory.resolve("model.json").toString();
    model.toJson(json);
    BatchNormModel first = stage("nanos").fit(table.filter("row < 900"));
    Dataset<Row> rest = table.filter("row >= 900");
    for (BatchNormModel same :
        List.of(
            BatchNormModel.load(saved),
            BatchNormModel.fromJson(json),
            first.update(rest),
            first.merge(stage("nanos").fit(rest)))) {
      assertEquals(expected, same.transform(table).orderBy("row").collectAsList());
      assertEquals(model.variance(), same.variance());
      assertEquals(
          List.of(false), same.summary().select("constant").as(Encoders.BOOLEAN()).collectAsList());
    }
    // The way back gives doubles: of each integer the nearest, but for the rounding of the image.
    List<Row> back =
        model
            .inverse()
            .transform(model.transform(table).drop("nanos"))
            .orderBy("row")
            .collectAsList();
    for (int i = 0; i < back.size(); i++) {
      assertEquals((double) (NANOS + 100L * (i % 4)), back.get(i).<Double>getAs("nanos"));
    }
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNormModel")) {
      model.toOnnx(directory.resolve("model.onnx").toString());
      assertEquals(
          List.of(
              "WARN The deviation of 'nanos' is less than the spacing of doubles at the mean, so "
                  + "that most of it is lost if a BIGINT is passed as a double; subtract a "
                  + "constant before the fit"),
          log.messages());
    }
  }

  /** Up to 2^53 a BIGINT is a double, and decimals are what Spark's cast makes of them. */
  @Test
  void smallIntegersAndDecimalsCountAsDoubles() {
    Dataset<Row> cast =
        table.select(
            col("row"),
            col("small"),
            col("small").cast("double").as("double"),
            col("nanos").cast("decimal(20,0)").as("decimal"),
            col("nanos").cast("double").as("rounded"));
    BatchNormModel model =
        new BatchNorm()
            .setEps(0)
            .setInputCols("small", "double", "decimal", "rounded")
            .setOutputCol("out")
            .fit(cast);
    assertEquals(model.mean().apply(1), model.mean().apply(0));
    assertEquals(model.variance().apply(1), model.variance().apply(0));
    assertEquals(model.mean().apply(3), model.mean().apply(2));
    assertEquals(model.variance().apply(3), model.variance().apply(2));
    for (Row row : model.transform(cast).select("out").limit(20).collectAsList()) {
      Vector out = row.getAs(0);
      assertEquals(out.apply(1), out.apply(0));
      assertEquals(out.apply(3), out.apply(2));
    }
  }

  @Test
  void rowsOfThePublicApiGiveTheSame() {
    BatchNorm stage =
        new BatchNorm()
            .setInputCols("nanos", "some", "id", "small")
            .setOutputCol("out")
            .setHandleInvalid("keep");
    BatchNormModel model = stage.fit(table);
    SharedSession.get().conf().set("spark.batchnorm.source", "public");
    try {
      SameFit.assertSameBits(model, stage.fit(table));
      assertEquals(
          stage.fit(table).transform(table).orderBy("row").collectAsList().toString(),
          model.transform(table).orderBy("row").collectAsList().toString());
    } finally {
      SharedSession.get().conf().unset("spark.batchnorm.source");
    }
  }

  private static BatchNorm stage(String column) {
    return new BatchNorm().setEps(0).setInputCol(column).setOutputCol("out");
  }

  private static Dataset<Row> longs(long... values) {
    List<Row> rows = new ArrayList<>();
    for (long value : values) {
      rows.add(RowFactory.create(value));
    }
    return Frames.of(new StructType().add("x", DataTypes.LongType), rows);
  }

  /** The values of a column, by row, each repeated by its weight. */
  private static List<BigDecimal> values(String column, boolean weighted) {
    List<BigDecimal> values = new ArrayList<>();
    for (Row row : table.select("row", column, "weight").orderBy("row").collectAsList()) {
      for (long k = 0; !row.isNullAt(1) && k < (weighted ? row.getLong(2) : 1); k++) {
        values.add(BigDecimal.valueOf(row.getLong(1)));
      }
    }
    return values;
  }

  private static BigDecimal mean(List<BigDecimal> values) {
    return values.stream()
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .divide(BigDecimal.valueOf(values.size()), DIGITS);
  }

  private static BigDecimal variance(List<BigDecimal> values, int correction) {
    BigDecimal mean = mean(values);
    return values.stream()
        .map(x -> x.subtract(mean).pow(2))
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .divide(BigDecimal.valueOf(values.size() - correction), DIGITS);
  }

  private static void assertExact(BatchNormModel model, int j, List<BigDecimal> values) {
    assertEquals(mean(values).doubleValue(), model.mean().apply(j));
    assertEquals(variance(values, 0).doubleValue(), model.variance(0)[j]);
    assertEquals(variance(values, 1).doubleValue(), model.variance(1)[j]);
  }

  private static void assertImages(List<BigDecimal> values, List<Row> rows, String column) {
    BigDecimal mean = mean(values);
    BigDecimal deviation = variance(values, 0).sqrt(DIGITS);
    assertEquals(values.size(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      double exact = values.get(i).subtract(mean).divide(deviation, DIGITS).doubleValue();
      assertEquals(exact, rows.get(i).<Double>getAs(column), UNITS * Math.ulp(exact));
    }
  }
}
