package batchnorm.spark.columns;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.SharedSession;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class GroupColumnsTest {
  private static final SparkSession SESSION = SharedSession.get();

  /** The spaces that pad a char do not count, as in Spark's own comparisons. */
  @Test
  void charsAreTheStringsThatTheyPad() {
    Dataset<Row> strings =
        SESSION.sql("select * from values ('ab', 1D), ('ab', 3D), ('c', 5D), ('c', 9D) as t(g, x)");
    SESSION.sql("create table padded (g char(4), v varchar(9), x double) using parquet");
    try {
      strings.select(col("g"), col("g").as("v"), col("x")).write().insertInto("padded");
      Dataset<Row> padded = SESSION.table("padded");
      BatchNorm stage = new BatchNorm().setInputCol("x").setOutputCol("y").setGroupCols("g");
      BatchNormModel ofStrings = stage.fit(strings);
      BatchNormModel ofChars = stage.fit(padded);
      List<Row> expected = normalized(ofStrings, strings);
      for (String threshold : List.of("10MB", "-1")) {
        SESSION.conf().set("spark.sql.autoBroadcastJoinThreshold", threshold);
        assertEquals(expected, normalized(ofStrings, padded));
        assertEquals(expected, normalized(ofChars, padded));
        assertEquals(expected, normalized(ofChars, strings));
        assertEquals(expected, normalized(stage.setGroupCols("v").fit(padded), padded));
        stage.setGroupCols("g");
      }
      assertEquals(8, ofStrings.update(padded).count());
      assertEquals(
          ofStrings.summary().sort("g").collectAsList(),
          ofChars.summary().sort("g").collectAsList());
    } finally {
      SESSION.conf().unset("spark.sql.autoBroadcastJoinThreshold");
      SESSION.sql("drop table padded");
    }
  }

  /** A char that is a field stands in the metadata of the whole column. */
  @Test
  void charsInAStructAreTheStringsThatTheyPad() {
    Dataset<Row> strings =
        SESSION.sql(
            "select named_struct('g', g, 'n', 1) as s, x from values ('ab', 1D), ('ab', 3D), "
                + "('c', 5D), ('c', 9D) as t(g, x)");
    SESSION.sql("create table padded (s struct<g: char(4), n: int>, x double) using parquet");
    try {
      strings.write().insertInto("padded");
      Dataset<Row> padded = SESSION.table("padded");
      BatchNorm stage = new BatchNorm().setInputCol("x").setOutputCol("y").setGroupCols("s.g");
      BatchNormModel ofStrings = stage.fit(strings);
      List<Row> expected = normalized(ofStrings, strings);
      assertEquals(expected, normalized(ofStrings, padded));
      assertEquals(expected, normalized(stage.fit(padded), strings));
    } finally {
      SESSION.sql("drop table padded");
    }
  }

  private static List<Row> normalized(BatchNormModel model, Dataset<Row> data) {
    return model.transform(data).select("x", "y").sort("x").collectAsList();
  }

  @Test
  void summaryTellsGroupColumnsFromItsOwn() {
    Dataset<Row> data =
        SESSION.sql(
            "select * from values ('a', 1, 1L, 1D, 1D), ('a', 1, 1L, 1D, 3D) as "
                + "t(name, Mean, group_name, g, x)");
    BatchNorm stage =
        new BatchNorm()
            .setInputCol("x")
            .setOutputCol("y")
            .setGroupCols("name", "Mean", "group_name", "g");
    BatchNormModel model = stage.fit(data);
    Dataset<Row> summary = model.summary();
    assertArrayEquals(
        new String[] {"group_group_name", "group_Mean", "group_name", "g", "name", "count"},
        Arrays.copyOf(summary.columns(), 6));
    assertEquals("x", summary.select("name").first().get(0));
    assertEquals(2.0, summary.select("mean").first().get(0));
    assertEquals("a", summary.select("group_group_name").first().get(0));
    model.setOutput("summary");
    assertEquals(summary.schema(), model.transformSchema(data.schema()));
    assertEquals(summary.schema(), model.transform(data).schema());
  }
}
