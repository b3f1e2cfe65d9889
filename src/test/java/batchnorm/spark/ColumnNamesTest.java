package batchnorm.spark;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of columns as Spark resolves them, and the session whose settings decide. */
class ColumnNamesTest {
  private static final SparkSession SESSION = SharedSession.get();

  @TempDir static Path directory;

  /** Flat columns, and the same in structs; the struct of every fifth row is null. */
  private final Dataset<Row> flat =
      SESSION
          .range(0, 40, 1, 2)
          .selectExpr(
              "id",
              "if(id % 5 = 0, null, id * id / 7) as a",
              "if(id % 5 = 0, null, 3 - id) as b",
              "if(id % 5 = 0, null, id % 3 + 1) as w",
              "if(id % 5 = 0, null, string(id % 2)) as k");

  private final Dataset<Row> nested =
      flat.selectExpr(
          "id",
          "if(a is null, null, struct(a, struct(b, w as `w.x`) as t, k, array(a, b) as v)) as s");

  @Test
  void fieldsOfStructsAreColumns() {
    String path = directory.resolve("nested").toString();
    nested.write().parquet(path);
    BatchNorm expected = stage("a", "b").setWeightCol("w");
    BatchNorm stage = stage("s.a", "S.t.B").setWeightCol("s.t.`w.x`");
    Dataset<Row> weighted = flat.where("w is not null");
    Dataset<Row> stored = SESSION.read().parquet(path).where("s is not null");
    BatchNormModel model = stage.fit(stored);
    assertSameStatistics(expected.fit(weighted), model);
    assertArrayEquals(new String[] {"s.a", "s.t.b"}, model.featureNames());
    BatchNorm unweighted = stage("s.a", "s.t.b").setHandleInvalid("keep");
    assertSameStatistics(
        stage("a", "b").setHandleInvalid("keep").fit(flat),
        unweighted.fit(SESSION.read().parquet(path)));
    assertEquals(
        "Column 's.a' has 8 missing (null or NaN) and 0 infinite values; handleInvalid is 'error'. "
            + "Other columns with such values: 1. Set handleInvalid to 'skip' to drop such rows or to "
            + "'keep' to ignore such values, or clean the data.",
        message(() -> stage("s.a", "s.t.b").fit(nested)));
  }

  @Test
  void fieldsOfStructsAreNormalized() {
    for (String handling : List.of("keep", "skip")) {
      BatchNormModel expected = stage("a", "b").setHandleInvalid(handling).fit(flat);
      BatchNormModel model = stage("s.a", "s.t.b").setHandleInvalid(handling).fit(nested);
      Dataset<Row> transformed = model.transform(nested);
      assertEquals(model.transformSchema(nested.schema()), transformed.schema());
      assertSameRows(expected.transform(flat).select("out"), transformed.select("out"));
      assertEquals(
          "s.t.b",
          AttributeGroup.fromStructField(transformed.schema().apply("out"))
              .getAttr(1)
              .name()
              .get());
      model.clear(model.outputCol());
      BatchNormModel columns = model.setOutputCols("x", "y");
      assertSameRows(
          expected
              .transform(flat)
              .select(vector_to_array(col("out"), "float64").as("v"))
              .selectExpr("v[0]", "v[1]"),
          columns.transform(nested).select("x", "y").na().fill(Double.NaN));
    }
    BatchNormModel array =
        new BatchNorm().setInputCol("s.v").setOutputCol("n").setHandleInvalid("skip").fit(nested);
    assertEquals(32, array.transform(nested).where("n is not null").count());
  }

  @Test
  void groupsByFieldsOfStructs() {
    BatchNorm expected = stage("id").setGroupCols("k");
    BatchNorm stage = stage("id").setGroupCols("s.k");
    BatchNormModel model = stage.fit(nested);
    assertEquals("s.k", model.summary().columns()[0]);
    assertSameRows(
        expected.fit(flat).summary().drop("k").sort("mean"),
        model.summary().drop("s.k").sort("mean"));
    Dataset<Row> rows = expected.fit(flat).transform(flat).select("out");
    assertSameRows(rows, model.transform(nested).select("out"));
    SESSION.conf().set("spark.sql.autoBroadcastJoinThreshold", -1);
    try {
      assertSameRows(rows, model.transform(nested).sort("id").select("out"));
    } finally {
      SESSION.conf().unset("spark.sql.autoBroadcastJoinThreshold");
    }
    assertEquals(40 * 2, model.update(nested).summary().agg(sum("count")).first().getLong(0));
    assertEquals(
        "Column '`s`.`a`' is in groupCols and is a feature, too; expected columns that tell the groups "
            + "apart and are not normalized. Remove it from one of them, or copy the column.",
        message(() -> stage("s.a").setGroupCols("`s`.`a`").fit(nested)));
  }

  @Test
  void aColumnOfExactlyTheNameComesFirst() {
    Dataset<Row> both =
        SESSION.sql(
            "select * from values (named_struct('a', 1D), 10D), (named_struct('a', 3D), 50D) as t(s, `s.a`)");
    assertEquals(30, stage("s.a").fit(both).mean().apply(0));
    assertEquals(30, stage("`s.a`").fit(both).mean().apply(0));
    assertEquals(2, stage("`s`.`a`").fit(both).mean().apply(0));
    assertEquals(
        2,
        stage("`s`.a")
            .fit(both.drop("`s.a`").withColumn("a", col("s.a").plus(9)).as("s"))
            .mean()
            .apply(0));
  }

  @Test
  void quotedNamesAreReadAndReplaced() {
    Dataset<Row> frame = Frames.doubles(new double[][] {{1, 5}, {3, 9}}).toDF("a.b", "c`d");
    BatchNorm stage = new BatchNorm().setInputCols("`a.b`", "`c``d`");
    BatchNormModel model = stage.setOutputCols("`a.b`", "`c``d`").fit(frame);
    assertArrayEquals(new String[] {"a.b", "c`d"}, model.featureNames());
    Dataset<Row> normalized = model.transform(frame);
    assertArrayEquals(frame.columns(), normalized.columns());
    assertEquals(model.transformSchema(frame.schema()), normalized.schema());
    assertSameRows(frame, model.inverse().transform(normalized));
    assertEquals(
        "inputCols names column 'a.b' more than once; expected each once. Remove the repetition.",
        message(() -> stage("`a.b`", "a.b").fit(frame)));
  }

  @Test
  void aFieldIsNotWrittenInto() {
    String text =
        "Output column 's.a' is a field of a struct, which is not written into; expected a name of a "
            + "column. Name the output without the dot.";
    Dataset<Row> rows = nested.where("s is not null");
    assertEquals(text, message(() -> stage("s.a").setOutputCol("s.a").fit(rows)));
    assertEquals(text, message(() -> stage("id").setOutputCol("s.a").fit(rows)));
    BatchNormModel model = new BatchNorm().setInputCols("s.a").setOutputCols("x").fit(rows);
    Dataset<Row> back = model.inverse().transform(model.transform(rows));
    assertArrayEquals(new String[] {"id", "s", "x", "s.a"}, back.columns());
    assertEquals(0, back.where("abs(`s.a` - s.a) > 1e-9").count());
  }

  @Test
  void namesThatAreNone() {
    for (String name :
        List.of("s.", ".a", "s..a", "`s", "s.`a", "s.a.x", "s.v.a", "S.x", "`s.a`")) {
      assertEquals(
          "Column '"
              + name
              + "' does not exist; the dataset has 'id', 's'. Set the name of an existing column.",
          message(() -> stage(name).fit(nested)));
    }
    Dataset<Row> twice = nested.select(struct(col("id").as("a"), col("id").as("A")).as("s"));
    SESSION.conf().set("spark.sql.caseSensitive", true);
    try {
      assertEquals(19.5, stage("s.A").fit(twice).mean().apply(0));
    } finally {
      SESSION.conf().unset("spark.sql.caseSensitive");
    }
    assertEquals(
        "Column 's.A' is ambiguous: the dataset has several columns of that name. Rename or drop all "
            + "but one.",
        message(() -> stage("s.A").fit(twice)));
  }

  @Test
  void oldVectorsAreNamed() {
    Dataset<Row> old =
        Frames.column(
            "v",
            new org.apache.spark.mllib.linalg.VectorUDT(),
            List.of(
                org.apache.spark.mllib.linalg.Vectors.dense(1, 2),
                org.apache.spark.mllib.linalg.Vectors.dense(3, 4)));
    String text =
        "Column 'v' has vectors of org.apache.spark.mllib.linalg, the old ones; expected those of "
            + "org.apache.spark.ml.linalg. Convert it with MLUtils.convertVectorColumnsToML.";
    assertEquals(text, message(() -> stage("v").fit(old)));
    assertEquals(text, message(() -> new BatchNorm().setInputCol("v").fit(old)));
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(1, 1)).setInputCol("v");
    assertEquals(text, message(() -> model.transform(old)));
  }

  @Test
  void theSessionOfTheDataDecides() {
    SparkSession sensitive = SESSION.newSession();
    sensitive.conf().set("spark.sql.caseSensitive", true);
    Dataset<Row> data = sensitive.range(9).selectExpr("id as a", "-id as A", "id % 2 as g");
    fitAndTransform(data);
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    try {
      fitAndTransform(data);
    } finally {
      SparkSession.setActiveSession(SESSION);
      SparkSession.setDefaultSession(SESSION);
    }
    // The other way round: what the active session distinguishes is one name to that of the data.
    SparkSession.setActiveSession(sensitive);
    try {
      Dataset<Row> usual = SESSION.range(3).selectExpr("id as a");
      assertEquals(1, stage("A").fit(usual).mean().apply(0));
      assertEquals(sensitive, SparkSession.active());
    } finally {
      SparkSession.setActiveSession(SESSION);
    }
  }

  private static void fitAndTransform(Dataset<Row> data) {
    BatchNorm stage = new BatchNorm().setInputCols("a", "A").setOutputCols("a", "A");
    BatchNormModel model = stage.fit(data);
    assertEquals(Vectors.dense(4, -4), model.mean());
    assertArrayEquals(new String[] {"a", "A", "g"}, model.transform(data).columns());
    assertEquals(18, model.update(data).count());
    assertEquals(2, model.summary().count());
    assertEquals(data.sparkSession(), model.summary().sparkSession());
    BatchNormModel groups = stage.setGroupCols("g").fit(data);
    assertEquals(9, groups.transform(data).where("a is not null").count());
    assertEquals(4, groups.summary().count());
  }

  private static BatchNorm stage(String... inputs) {
    return new BatchNorm().setInputCols(inputs).setOutputCol("out");
  }

  private static void assertSameStatistics(BatchNormModel expected, BatchNormModel found) {
    assertEquals(expected.mean(), found.mean());
    assertEquals(expected.variance(), found.variance());
    assertEquals(expected.count(), found.count());
  }

  private static void assertSameRows(Dataset<Row> expected, Dataset<Row> found) {
    assertEquals(expected.collectAsList().toString(), found.collectAsList().toString());
  }

  private static String message(Supplier<?> action) {
    return assertThrows(IllegalArgumentException.class, action::get).getMessage();
  }
}
