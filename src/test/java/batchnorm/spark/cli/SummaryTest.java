package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.SharedSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Date;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Output of a model's summary for terminals and for machines, with groups and without. */
class SummaryTest {
  private static final Row PLAIN =
      RowFactory.create("a", 9L, 1L, 0.5, 4.0, 2.0, -3.0, 7.25, false, false, 1.0);

  @Test
  void featuresBeyondTheLimitAreCounted() {
    Dataset<Row> summary = frame(columns(new StructType()), List.of(PLAIN, PLAIN, PLAIN));
    assertEquals(
        """
        name  count  missing  mean  std  variance  min   max  note
        a         9        1   0.5    2         4   -3  7.25
        (2 more; batchnorm describe --model PATH lists all)""",
        SummaryTable.of(SummaryRows.of(summary, 1), 1));
    assertEquals(4, SummaryTable.of(SummaryRows.of(summary, 3), 3).lines().count());
  }

  /** Those of a layer that was trained elsewhere, and a feature without values. */
  @Test
  void rangesOfStatisticsThatWereNotCountedAreNotSaidToBeLost() {
    Double nan = Double.NaN;
    Dataset<Row> summary =
        frame(
            columns(new StructType()),
            List.of(
                RowFactory.create("a", 0L, 0L, 0.5, 4.0, 2.0, null, null, false, false, 1.0),
                RowFactory.create("b", 0L, 9L, nan, nan, nan, null, null, false, false, nan)));
    assertEquals(
        """
        name  count  missing  mean  std  variance  min  max  note
        a         -        -   0.5    2         4    -    -
        b         0        9   NaN  NaN       NaN  NaN  NaN  no values""",
        SummaryTable.of(SummaryRows.of(summary, 2), 3));
  }

  @Test
  void aTotalWeightThatRoundsToZeroIsCounted() {
    Row light = RowFactory.create("a", 0L, 0L, 0.5, 4.0, 2.0, -3.0, 7.25, false, false, 1.0);
    assertEquals(
        """
        name  count  missing  mean  std  variance  min   max  note
        a         0        0   0.5    2         4   -3  7.25""",
        SummaryTable.of(SummaryRows.of(frame(columns(new StructType()), List.of(light)), 1), 2));
  }

  @Test
  void groupsStandBeforeTheirFeaturesAndSayWhatTheyUse() {
    assertEquals(
        """
        store  name  name  count  missing  mean  std  variance      min      max  note
        7      x     a         9        0   0.5    2         4  unknown  unknown
        null   null  a         1        0     3    0         0        3        3  constant, uses global
        (1 more; batchnorm describe --model PATH --limit NUMBER lists more)""",
        SummaryTable.of(SummaryRows.of(grouped(), 2), 2));
  }

  @Test
  void groupsInJsonHaveTheValuesOfTheirColumns() {
    ObjectNode object = new ObjectMapper().createObjectNode();
    SummaryJson.putColumns(object, SummaryRows.of(grouped(), 2), 2);
    assertEquals("{\"store\":7,\"name\":\"x\"}", object.at("/columns/0/group").toString());
    assertEquals("{\"store\":null,\"name\":null}", object.at("/columns/1/group").toString());
    assertEquals("a", object.at("/columns/0/name").textValue());
    assertTrue(object.at("/columns/0/min").isNull());
    assertEquals(3, object.at("/columns/1/max").doubleValue());
    assertEquals("group", object.at("/columns/0/uses").textValue());
    assertEquals("global", object.at("/columns/1/uses").textValue());
    assertEquals(1, object.get("furtherColumns").intValue());
  }

  @Test
  void groupsOfDatesAreText() {
    StructType schema = columns(new StructType().add("day", DataTypes.DateType));
    Dataset<Row> summary =
        frame(
            schema.add("uses", DataTypes.StringType),
            List.of(
                RowFactory.create(
                    Date.valueOf("2024-02-29"),
                    "a",
                    9L,
                    0L,
                    0.5,
                    4.0,
                    2.0,
                    -3.0,
                    7.25,
                    false,
                    false,
                    1.0,
                    "group")));
    ObjectNode object = new ObjectMapper().createObjectNode();
    SummaryJson.putColumns(object, SummaryRows.of(summary, 100), 100);
    assertEquals("2024-02-29", object.at("/columns/0/group/day").textValue());
    assertEquals(false, object.has("furtherColumns"));
  }

  /** One of the columns that make the groups has the name of a column of statistics. */
  private static Dataset<Row> grouped() {
    StructType schema =
        columns(
            new StructType().add("store", DataTypes.LongType).add("name", DataTypes.StringType));
    return frame(
        schema.add("uses", DataTypes.StringType),
        List.of(
            RowFactory.create(
                7L, "x", "a", 9L, 0L, 0.5, 4.0, 2.0, null, null, false, false, 1.0, "group"),
            RowFactory.create(
                null, null, "a", 1L, 0L, 3.0, 0.0, 0.0, 3.0, 3.0, true, false, 0.0, "global"),
            RowFactory.create(
                8L, "y", "a", 9L, 0L, 0.5, 4.0, 2.0, -3.0, 7.25, false, false, 1.0, "group")));
  }

  private static StructType columns(StructType group) {
    return group
        .add("name", DataTypes.StringType)
        .add("count", DataTypes.LongType)
        .add("missing", DataTypes.LongType)
        .add("mean", DataTypes.DoubleType)
        .add("variance", DataTypes.DoubleType)
        .add("std", DataTypes.DoubleType)
        .add("min", DataTypes.DoubleType)
        .add("max", DataTypes.DoubleType)
        .add("constant", DataTypes.BooleanType)
        .add("smallerThanEps", DataTypes.BooleanType)
        .add("stdAfter", DataTypes.DoubleType);
  }

  private static Dataset<Row> frame(StructType schema, List<Row> rows) {
    return SharedSession.get().createDataFrame(rows, schema);
  }
}
