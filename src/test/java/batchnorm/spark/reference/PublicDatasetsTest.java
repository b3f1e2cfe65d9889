package batchnorm.spark.reference;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The public tables as users read them: column names with spaces, and missing values. */
class PublicDatasetsTest {
  private static final String[] MEASUREMENTS = {
    "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"
  };

  /** Some ulps of the result: a few hundred values, deviations summed twice. */
  private static final double RELATIVE = 1e-14;

  // Expected: exact rational arithmetic (Python's fractions) on the doubles of the file, n = 342.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "0, 43.9219298245614, 29.71989919975377, 29.807054329371816",
    "1, 17.151169590643274, 3.8884050648062654, 3.8998080122103893",
    "2, 200.91520467836258, 197.1536284668787, 197.73179160021266",
    "3, 4201.754385964912, 641250.5771006463, 643131.0773267479"
  })
  void penguinsHaveTheStatisticsOfTheMeasuredOnes(
      int feature, double mean, double variance, double sampleVariance) {
    for (String handleInvalid : List.of("keep", "skip")) {
      BatchNormModel model = penguinStage(handleInvalid).fit(penguins());
      assertEquals(mean, model.mean().apply(feature), RELATIVE * mean);
      assertEquals(variance, model.variance(0)[feature], RELATIVE * variance);
      assertEquals(sampleVariance, model.variance(1)[feature], RELATIVE * sampleVariance);
    }
  }

  /** 344 penguins, of which two were not measured. */
  @Test
  void keepCountsTheMissingPerColumnAndLeavesThemMissing() {
    BatchNormModel model = penguinStage("keep").fit(penguins());
    assertEquals(344, model.count());
    for (Row row : model.summary().collectAsList()) {
      assertEquals(342, row.<Long>getAs("count"));
      assertEquals(2, row.<Long>getAs("missing"));
    }
    Dataset<Row> normalized = model.transform(penguins());
    assertEquals(344, normalized.count());
    for (String column : MEASUREMENTS) {
      assertEquals(2, normalized.filter(col(column).isNull().or(col(column).isNaN())).count());
    }
  }

  @Test
  void skipDropsThePenguinsThatWereNotMeasured() {
    BatchNormModel model = penguinStage("skip").fit(penguins());
    assertEquals(342, model.count());
    assertEquals(342, model.transform(penguins()).count());
  }

  /** The 68 chinstraps lose their bill length: only keep still uses their other measurements. */
  @Test
  void keepAndSkipDifferWhereOneColumnAloneIsMissing() {
    Dataset<Row> holed =
        penguins()
            .withColumn(
                "bill_length_mm",
                when(col("species").equalTo("Chinstrap"), lit(null).cast("double"))
                    .otherwise(col("bill_length_mm")));
    List<Row> kept = penguinStage("keep").fit(holed).summary().collectAsList();
    assertEquals(342 - 68, kept.get(0).<Long>getAs("count"));
    assertEquals(2 + 68, kept.get(0).<Long>getAs("missing"));
    assertEquals(342, kept.get(1).<Long>getAs("count"));
    List<Row> skipped = penguinStage("skip").fit(holed).summary().collectAsList();
    for (Row row : skipped) {
      assertEquals(342 - 68, row.<Long>getAs("count"));
      assertEquals(0, row.<Long>getAs("missing"));
    }
  }

  @Test
  void errorRefusesPenguinsThatWereNotMeasured() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> penguinStage("error").fit(penguins()))
            .getMessage();
    assertTrue(message.startsWith("Column 'bill_length_mm' has 2 missing"), message);
  }

  // Expected: exact rational arithmetic (Python's fractions) on the doubles of the file.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "mean radius, 14.127291739894552, 12.397094259351807",
    "mean area, 654.8891036906854, 123625.90307986447",
    "fractal dimension error, 0.0037949038664323374, 6.989386305292608e-06",
    "worst fractal dimension, 0.08394581722319859, 0.00032563607529875434"
  })
  void namesWithSpacesAreColumnsLikeOthers(String column, double mean, double variance) {
    BatchNormModel model =
        new BatchNorm()
            .setInputCols(column)
            .setOutputCols(column)
            .fit(Frames.csv("/data/breast-cancer-wisconsin.csv"));
    assertArrayEquals(new String[] {column}, model.featureNames());
    assertEquals(569, model.count());
    assertEquals(mean, model.mean().apply(0), RELATIVE * mean);
    assertEquals(variance, model.variance().apply(0), RELATIVE * variance);
  }

  @ParameterizedTest(name = "{0} partitions")
  @ValueSource(ints = {1, 7, 40})
  void breastCancerNormalizesToMeanZeroAndVarianceOne(int partitions) {
    Dataset<Row> cancer =
        Frames.csv("/data/breast-cancer-wisconsin.csv").drop("diagnosis").repartition(partitions);
    String[] columns = cancer.columns();
    BatchNorm stage = new BatchNorm().setInputCols(columns).setOutputCols(columns);
    BatchNormModel again = stage.fit(stage.fit(cancer).transform(cancer));
    assertEquals(30, again.numFeatures());
    for (int j = 0; j < columns.length; j++) {
      // each of the 569 rounds to some ulps of a value of order one
      assertEquals(0, again.mean().apply(j), 1e-14, columns[j]);
      assertEquals(1, again.variance().apply(j), 1e-13, columns[j]);
    }
  }

  private static BatchNorm penguinStage(String handleInvalid) {
    return new BatchNorm()
        .setInputCols(MEASUREMENTS)
        .setOutputCols(MEASUREMENTS)
        .setHandleInvalid(handleInvalid);
  }

  private static Dataset<Row> penguins() {
    return Frames.csv("/data/penguins.csv");
  }
}
