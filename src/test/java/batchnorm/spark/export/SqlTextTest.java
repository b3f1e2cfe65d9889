package batchnorm.spark.export;

import static batchnorm.spark.export.Rows.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.UnseenGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of queries, which need no session; {@link SqlTest} runs them. */
class SqlTextTest {
  @TempDir Path folder;

  private static BatchNormModel model() {
    return BatchNormModel.of(Vectors.dense(-0.5), Vectors.dense(4))
        .setInputCols("a")
        .setOutputCols("b")
        .setHandleInvalid("keep");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "spark,     (CAST(source.`a` AS DOUBLE) - -0.5D) * 0.5D + 0.0D AS `b`",
        "duckdb,    (CAST(source.\"a\" AS DOUBLE) - -0.5e0) * 0.5e0 + 0.0e0 AS \"b\"",
        "postgres,  (CAST(source.\"a\" AS DOUBLE PRECISION) - '-0.5'::float8) * '0.5'::float8 + '0.0'::float8 AS \"b\"",
        "snowflake, (CAST(source.\"a\" AS FLOAT) - '-0.5'::FLOAT) * '0.5'::FLOAT + '0.0'::FLOAT AS \"b\"",
        "bigquery,  (CAST(source.`a` AS FLOAT64) - -0.5e0) * 0.5e0 + 0.0e0 AS `b`"
      })
  void valuesAreMappedAsDoubles(String dialect, String item) {
    assertEquals("SELECT\n  source.*,\n  " + item + "\nFROM source\n", model().toSql(dialect));
  }

  @Test
  void tableAndColumnsMayBeNamed() {
    assertEquals(
        "SELECT\n  source.`id` AS `id`,\n"
            + "  (CAST(source.`a` AS FLOAT64) - -0.5e0) * 0.5e0 + 0.0e0 AS `b`\n"
            + "FROM `my-project`.`day.s\\`\\\\` AS source\n",
        model().export().keepColumns("id").table("my-project.`day.s``\\`").sql("bigquery"));
  }

  @Test
  void aQueryThatCannotFailSaysSo() {
    assertTrue(
        model()
            .setHandleInvalid("error")
            .toSql("snowflake")
            .startsWith(
                "-- BatchNormModel.transform fails here; this dialect has no function that does.\n"
                    + "-- Null and NaN stay as they are, and infinite values are mapped.\nSELECT"));
    assertTrue(
        model()
            .setHandleInvalid("error")
            .toSql("bigquery")
            .contains("ELSE ERROR('Column \\'a\\' has a null, NaN or infinite value') END AS `b`"));
  }

  @Test
  void columnsThatAreReplacedStayInTheirPlace() {
    BatchNormModel inPlace = model().setOutputCols("a");
    String image = "(CAST(source.\"a\" AS FLOAT) - '-0.5'::FLOAT) * '0.5'::FLOAT + '0.0'::FLOAT";
    assertEquals(
        "SELECT\n  source.* REPLACE (\n    " + image + " AS \"a\")\nFROM source\n",
        inPlace.toSql("snowflake"));
    assertRefused(
        "Column 'a' is replaced by its normalized values, but SELECT * of postgres cannot leave out a "
            + "column. Name the columns to keep, keepColumns(...), or write columns of other names "
            + "with outputCols.",
        () -> inPlace.toSql("postgres"));
  }

  @Test
  void groupsOfBigQueryAreStructs() {
    Coefficients map = Coefficients.of(new double[] {1, 2, Double.NaN}, 1);
    SqlGroups groups =
        new SqlGroups(
            List.of(new SqlGroups.Column("g", SqlGroups.Type.TEXT, 0, 0)),
            List.of(
                new SqlGroups.Group(List.of("it's"), map),
                new SqlGroups.Group(Collections.singletonList(null), map)),
            UnseenGroup.NULL);
    SqlQuery query =
        new SqlQuery(
            SqlDialect.BIGQUERY,
            new SqlQuery.Columns(List.of("a"), List.of("b"), false, false),
            map,
            HandleInvalid.KEEP,
            Optional.of(groups));
    assertEquals(
        """
        SELECT
          source.*,
          (CAST(source.`a` AS FLOAT64) - batchnorm_groups.center_0) * batchnorm_groups.scale_0 \
        + batchnorm_groups.shift_0 AS `b`
        FROM source
        LEFT JOIN UNNEST([
          STRUCT('it\\'s' AS key_0, CAST('1' AS INT64) AS seen, 1.0e0 AS center_0, 2.0e0 AS scale_0, \
        CAST('NaN' AS FLOAT64) AS shift_0),
          (CAST(NULL AS STRING), CAST('1' AS INT64), 1.0e0, 2.0e0, CAST('NaN' AS FLOAT64))
        ]) AS batchnorm_groups
          ON (source.`g` IS NULL) = (batchnorm_groups.key_0 IS NULL) AND source.`g` IS NOT DISTINCT \
        FROM batchnorm_groups.key_0
        """,
        query.of(new SqlQuery.Table(List.of(), Optional.empty())));
  }

  @Test
  void whatADialectCannotExpressIsRefused() {
    assertRefused(
        "dialect is 'oracle'; expected 'spark', 'duckdb', 'postgres', 'snowflake' or 'bigquery'. Set "
            + "one of them.",
        () -> model().toSql("oracle"));
    BatchNormModel array =
        BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(3, 4))
            .setInputCol("v")
            .setOutputCol("w");
    assertRefused(
        "Column 'v' has all features, for which SQL of postgres has no expression. Fit on inputCols "
            + "and write outputCols, or choose the dialect spark or duckdb.",
        () -> array.toSql("postgres"));
    assertRefused(
        "Table is 'a..b'; expected a name whose parts are separated by dots and quoted by backticks if "
            + "they contain dots. Correct it.",
        () -> model().export().table("a..b"));
    double[] many = new double[100_001];
    Arrays.fill(many, 1);
    assertRefused(
        "The model has 100001 features in each of 1 groups; a query holds at most 100000 of all groups "
            + "together. Save summary() as a table and join it, or apply the model with transform.",
        () ->
            BatchNormModel.of(Vectors.dense(many), Vectors.dense(many))
                .setInputCol("v")
                .toSql("spark"));
  }

  @Test
  void aFileIsWrittenOnce() throws IOException {
    String path = folder.resolve("normalize.sql").toString();
    model().export().toSql(path, "duckdb");
    assertEquals(model().toSql("duckdb"), Files.readString(Path.of(path)));
    assertRefused(
        "File "
            + path
            + " already exists. Give another path, or overwrite it: export().overwrite(), on the "
            + "command line --mode overwrite.",
        () -> model().export().toSql(path, "spark"));
    model().export().overwrite().toSql(path, "spark");
    assertEquals(model().toSql("spark"), Files.readString(Path.of(path)));
  }
}
