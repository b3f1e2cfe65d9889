package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.SharedSession;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

/** Semantics of variance, constants, missing values, weights and sparsity. */
class SemanticsTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /** A handful of operations on numbers near 1. */
  private static final double ROUNDING = 1e-15;

  private static final double[][] TABLE = {{1, 10}, {2, 10}, {3, 10}, {6, 10}};

  // ---- variance, eps, gamma, beta

  @Test
  void varianceDividesByNAndWithCorrectionByOneLess() {
    BatchNormModel model = vectors().setCorrection(1).fit(Frames.dense(TABLE));
    assertEquals(Vectors.dense(14.0 / 3, 0), model.variance());
    assertEquals(Vectors.dense(Math.sqrt(14.0 / 3), 0), model.std());
    assertArrayEquals(new double[] {14.0 / 4, 0}, model.variance(0));
  }

  @Test
  void constantFeatureBecomesBeta() {
    for (double eps : new double[] {0, 1e-5}) {
      BatchNormModel model =
          vectors().setEps(eps).setGamma(2, 3).setBeta(0, -7).fit(Frames.dense(TABLE));
      for (double[] row : transformed(model, Frames.dense(TABLE))) {
        assertEquals(-7, row[1], "eps = " + eps);
      }
    }
  }

  @Test
  void withoutEpsAConstantFeatureIsNotScaled() {
    BatchNormModel model = vectors().setEps(0).setGamma(1, 3).fit(Frames.dense(TABLE));
    double[][] other = {{1, 10}, {1, 12}};
    assertEquals(6, transformed(model, Frames.dense(other))[1][1]);
  }

  @Test
  void gammaAndBetaScaleAndShift() {
    BatchNormModel plain = vectors().fit(Frames.dense(TABLE));
    BatchNormModel affine = vectors().setGamma(3, 1).setBeta(5, 0).fit(Frames.dense(TABLE));
    double[][] expected = transformed(plain, Frames.dense(TABLE));
    double[][] found = transformed(affine, Frames.dense(TABLE));
    for (int i = 0; i < TABLE.length; i++) {
      assertEquals(3 * expected[i][0] + 5, found[i][0], 8 * ROUNDING);
    }
  }

  @Test
  void centringAndScalingCanBeLeftOut() {
    double std = Math.sqrt(14.0 / 4);
    BatchNormModel centred = vectors().setWithStd(false).fit(Frames.dense(TABLE));
    BatchNormModel scaled = vectors().setWithMean(false).fit(Frames.dense(TABLE));
    BatchNormModel neither =
        vectors().setWithMean(false).setWithStd(false).fit(Frames.dense(TABLE));
    assertArrayEquals(new double[] {-2, 0}, transformed(centred, Frames.dense(TABLE))[0]);
    assertEquals(1 / std, transformed(scaled, Frames.dense(TABLE))[0][0], ROUNDING);
    assertArrayEquals(TABLE[0], transformed(neither, Frames.dense(TABLE))[0]);
  }

  @Test
  void featureWhoseVarianceIsSmallAgainstEpsIsFlaggedAndWarnedAboutOnce() {
    double[][] table = {{1e-6, 1, 5}, {2e-6, 2, 5}, {3e-6, 3, 5}};
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      BatchNormModel model = columns(3).setEps(1e-5).fit(Frames.doubles(table));
      assertEquals(
          List.of(
              "WARN eps shrinks the normalized values of 'a' to a std of 0.00026, whose variance "
                  + "is small relative to eps; set an eps smaller than 1.0E-5, or 0"),
          warnings(log));
      assertEquals(List.of(true, false, false), summary(model, "smallerThanEps"));
      assertEquals(List.of(false, false, true), summary(model, "constant"));
    }
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      columns(3).fit(Frames.doubles(table));
      columns(3).setEps(1e-5).setWithStd(false).fit(Frames.doubles(table));
      assertEquals(List.of(), warnings(log));
    }
  }

  @Test
  void stdAfterIsTheStdThatComesOut() {
    // Variances 6e-6 and 2/3: sqrt(v / (v + 1e-5)) by Python's fractions and decimal.
    double[][] table = {{1e-5 * 100, 1, 5, NAN}, {1e-5 * 400, 2, 5, NAN}, {1e-5 * 700, 3, 5, NAN}};
    Dataset<Row> frame = Frames.doubles(table);
    BatchNorm stage = columns(4).setHandleInvalid("keep");
    assertEquals(List.of(1.0, 1.0, 0.0, NAN), summary(stage.fit(frame), "stdAfter"));
    BatchNormModel layer = stage.setEps(1e-5).fit(frame);
    assertEquals(0.6123724356957945, (double) summary(layer, "stdAfter").get(0), ROUNDING);
    assertEquals(0.9999925000843739, (double) summary(layer, "stdAfter").get(1), ROUNDING);
    assertEquals(List.of(0.0, NAN), summary(layer, "stdAfter").subList(2, 4));
    assertEquals(List.of(true, false, false, false), summary(layer, "smallerThanEps"));
    BatchNormModel centred = stage.setWithStd(false).fit(frame);
    assertEquals(centred.std().apply(1), summary(centred, "stdAfter").get(1));
    assertEquals(List.of(false, false, false, false), summary(centred, "smallerThanEps"));
  }

  @Test
  void variationThatMayBeRoundingAloneIsWarnedOfOnce() {
    double near = 1e6 + 8 * Math.ulp(1e6);
    double[][] table = {{1e6, 1e6, 16777216, 3}, {near, 1e6 + 1, 16777218, 4}};
    Dataset<Row> frame =
        Frames.doubles(table)
            .withColumn("c", col("c").cast("float"))
            .withColumn("d", col("d").cast("int"));
    String rounding =
        "The values of 'a', 'c' vary so little relative to their mean that this may be only "
            + "rounding, which eps 0 scales to variance 1; drop the column, set eps, or subtract "
            + "a constant before the values are rounded";
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      BatchNormModel model = columns(4).fit(frame);
      assertEquals(List.of("WARN " + rounding), warnings(log));
      assertEquals(List.of(rounding), model.fitWarnings());
      assertEquals(List.of(), columns(4).setWithStd(false).fit(frame).fitWarnings());
      assertEquals(
          List.of(rounding), model.setOutput("statistics").transform(frame).first().getList(7));
    }
    double[][] floats = {{16777216, 1}, {16777218, 2}};
    assertEquals(
        List.of(rounding.replace("'a', 'c'", "'v_0'")),
        vectors().fit(Frames.floatArrays(floats)).fitWarnings());
    assertEquals(List.of(), vectors().fit(Frames.doubleArrays(floats)).fitWarnings());
  }

  @Test
  void varianceBeyondDoubleIsInfiniteAndTheDeviationIsNot() {
    double[][] table = {{1.7e308, 0x3p-565}, {-1.7e308, 0x1p-565}};
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      BatchNormModel model = columns(2).setEps(0).fit(Frames.doubles(table));
      assertEquals(Vectors.dense(INFINITY, 0), model.variance());
      assertEquals(Vectors.dense(1.7e308, 0x1p-565), model.std());
      assertEquals(List.of(1.7e308, 0x1p-565), summary(model, "std"));
      assertEquals(List.of(false, false), summary(model, "constant"));
      double[][] normalized = transformed(model, Frames.doubles(table));
      assertArrayEquals(new double[] {1, 1}, normalized[0]);
      assertArrayEquals(new double[] {-1, -1}, normalized[1]);
      assertEquals(List.of(), warnings(log));
    }
  }

  @Test
  void runningVarianceBeyondDoubleIsWarnedAbout() {
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      columns(1)
          .setRunningStatistics("cumulative")
          .fit(Frames.doubles(new double[][] {{-1e200}, {1e200}}));
      assertEquals(
          List.of(
              "WARN The running variance of 'a' is beyond the range of double (Infinity), so the "
                  + "normalized values are beta; divide the values by a constant first"),
          warnings(log));
    }
  }

  // ---- missing values

  @Test
  void skipDropsRowsInFitAndInTransform() {
    double[][] table = {{1, 1}, {NAN, 2}, {3, 3}, {5, INFINITY}, {5, 8}};
    double[][] kept = {{1, 1}, {3, 3}, {5, 8}};
    for (Dataset<Row> frame :
        List.of(Frames.dense(table), Frames.sparse(table), Frames.doubleArrays(table))) {
      BatchNormModel model = vectors().setHandleInvalid("skip").fit(frame);
      assertArrayEquals(new double[] {3, 4}, model.mean().toArray());
      assertEquals(3, model.count());
      assertEquals(3, model.transform(frame).count());
    }
    Dataset<Row> frame = Frames.doubles(table);
    BatchNormModel toVector = columns(2).setHandleInvalid("skip").fit(frame);
    assertEquals(3, toVector.count());
    assertArrayEquals(transformed(toVector, Frames.doubles(kept)), transformed(toVector, frame));
    BatchNormModel toColumns =
        new BatchNorm()
            .setInputCols("a", "b")
            .setOutputCols("a", "b")
            .setHandleInvalid("skip")
            .fit(frame);
    assertEquals(3, toColumns.transform(frame).count());
  }

  @Test
  void skippedRowsMayBeFilteredOn() {
    Dataset<Row> frame =
        Frames.column(
            "v",
            SQLDataTypes.VectorType(),
            Arrays.asList(Vectors.dense(1), null, Vectors.dense(3)));
    BatchNormModel model =
        new BatchNorm().setInputCol("v").setOutputCol("out").setHandleInvalid("skip").fit(frame);
    assertEquals(2, model.transform(frame).filter(col("out").isNotNull()).count());
  }

  @Test
  void keepLeavesMissingValuesOutOfTheStatisticsOfTheirFeature() {
    // scikit-learn's own case: counts 3, 4, 2.
    double[][] table = {{0, 1, 3}, {NAN, 6, 10}, {5, 4, NAN}, {8, 0, NAN}};
    for (Dataset<Row> frame : List.of(Frames.dense(table), Frames.sparse(table))) {
      BatchNormModel model = vectors().setHandleInvalid("keep").fit(frame);
      assertEquals(List.of(3L, 4L, 2L), summary(model, "count"));
      assertEquals(List.of(1L, 0L, 2L), summary(model, "missing"));
      assertArrayEquals(new double[] {13.0 / 3, 11.0 / 4, 6.5}, model.mean().toArray(), ROUNDING);
      assertEquals(4, model.count());
    }
  }

  @Test
  void keepLeavesMissingCellsMissing() {
    double[][] table = {{1, 4}, {NAN, 5}, {3, 6}};
    double[][] vector =
        transformed(
            columns(2).setHandleInvalid("keep").fit(Frames.doubles(table)),
            Frames.numbers(table, DataTypes.DoubleType));
    assertTrue(Double.isNaN(vector[1][0]));
    assertFalse(Double.isNaN(vector[1][1]));

    BatchNorm toColumns =
        new BatchNorm().setInputCols("a", "b").setOutputCols("x", "y").setHandleInvalid("keep");
    Dataset<Row> nulls = Frames.numbers(table, DataTypes.IntegerType);
    assertNull(toColumns.fit(nulls).transform(nulls).collectAsList().get(1).get(2));
    Dataset<Row> nans = Frames.doubles(table);
    assertEquals(NAN, toColumns.fit(nans).transform(nans).collectAsList().get(1).get(2));

    for (Dataset<Row> arrays : List.of(Frames.doubleArrays(table), Frames.floatArrays(table))) {
      BatchNormModel model = vectors().setHandleInvalid("keep").fit(arrays);
      List<Object> cells = model.transform(arrays).collectAsList().get(1).getList(1);
      assertNull(cells.get(0));
      assertEquals(0.0, ((Number) cells.get(1)).doubleValue());
    }
  }

  @Test
  void keepLeavesANullVectorNull() {
    List<Vector> rows = Arrays.asList(Vectors.dense(1, 2), null, Vectors.dense(3, 4));
    Dataset<Row> frame = Frames.column("v", SQLDataTypes.VectorType(), rows);
    BatchNormModel model = vectors().setHandleInvalid("keep").fit(frame);
    assertEquals(List.of(2L, 2L), summary(model, "count"));
    assertEquals(List.of(1L, 1L), summary(model, "missing"));
    assertNull(model.transform(frame).collectAsList().get(1).get(1));
  }

  @Test
  void keepCountsInfinityAsMissingAndPassesItThrough() {
    double[][] table = {{1}, {INFINITY}, {3}, {-INFINITY}};
    BatchNormModel model = columns(1).setHandleInvalid("keep").fit(Frames.doubles(table));
    assertEquals(Vectors.dense(2), model.mean());
    assertEquals(List.of(2L), summary(model, "missing"));
    double[][] out = transformed(model, Frames.doubles(table));
    assertEquals(INFINITY, out[1][0]);
    assertEquals(-INFINITY, out[3][0]);
  }

  @Test
  void keptFeaturesWithOneValueOrNoneAreFlaggedAndWarnedAboutOnce() {
    double[][] table = {{1, 7, NAN}, {2, NAN, NAN}, {3, NAN, NAN}};
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNorm")) {
      BatchNormModel model =
          columns(3).setEps(0).setHandleInvalid("keep").fit(Frames.doubles(table));
      assertEquals(
          List.of(
              "WARN There is no value in 'c': mean and variance are NaN, and so are the "
                  + "normalized values",
              "WARN There is a single value in 'b': it counts as constant"),
          warnings(log));
      assertEquals(List.of(false, true, false), summary(model, "constant"));
      assertEquals(List.of(3L, 1L, 0L), summary(model, "count"));
      assertEquals(0, model.variance(1)[1]);
      assertTrue(Double.isNaN(model.mean().apply(2)) && Double.isNaN(model.variance(0)[2]));
      assertEquals(0, transformed(model, Frames.doubles(table))[0][1]);
    }
  }

  // ---- weights

  @Test
  void weightIsANumberOfCopies() {
    Dataset<Row> weighted =
        Frames.doubles(new double[][] {{1, 3}, {5, 1}, {9, 0}, {2, 2}}).toDF("x", "w");
    BatchNormModel model =
        new BatchNorm().setInputCol("x").setWeightCol("w").setOutputCol("out").fit(weighted);
    BatchNormModel copies =
        new BatchNorm()
            .setInputCol("a")
            .setOutputCol("out")
            .fit(Frames.doubles(new double[][] {{1}, {1}, {1}, {5}, {2}, {2}}));
    assertArrayEquals(copies.mean().toArray(), model.mean().toArray(), ROUNDING);
    assertArrayEquals(copies.variance(0), model.variance(0), 4 * ROUNDING);
    assertArrayEquals(copies.variance(1), model.variance(1), 4 * ROUNDING);
    assertEquals(6, model.count());
    assertEquals(List.of(6L), summary(model, "count"));
  }

  @Test
  void fractionalWeightsWeigh() {
    Dataset<Row> weighted = Frames.doubles(new double[][] {{1, 0.5}, {4, 1.5}}).toDF("x", "w");
    BatchNormModel model = new BatchNorm().setInputCol("x").setWeightCol("w").fit(weighted);
    assertEquals(3.25, model.mean().apply(0));
    assertEquals(1.6875, model.variance(0)[0]);
  }

  @Test
  void integerWeightsOfSparseRowsAreCopies() {
    Dataset<Row> sparse = Frames.sparse(new double[][] {{0, 2}, {4, 0}}).withColumn("w", lit(2));
    BatchNormModel model = vectors().setWeightCol("w").fit(sparse);
    assertEquals(Vectors.dense(2, 1), model.mean());
    assertArrayEquals(new double[] {4, 1}, model.variance(0));
  }

  @Test
  void scaleOfWeightsDoesNotMatterWithDivisorN() {
    // 5/15, 5/15, 4/15, 1/15: mean and variance by exact rational arithmetic on these doubles
    double[][] table = {
      {3.7, 5 / 15.0, 0}, {3.3, 5 / 15.0, 0}, {3.5, 4 / 15.0, 0}, {2.8, 1 / 15.0, 0}, {9, 0, 0}
    };
    BatchNorm stage = new BatchNorm().setInputCol("x").setWeightCol("w").setOutputCol("out");
    Dataset<Row> normalized = Frames.doubles(table).toDF("x", "w", "k");
    BatchNormModel model = stage.fit(normalized);
    assertEquals(3.453333333333333, model.mean().apply(0));
    assertEquals(0.05715555555555562, model.variance().apply(0));
    assertEquals(List.of(1.0), summary(model, "stdAfter"));
    Dataset<Row> tiny = normalized.withColumn("w", col("w").multiply(0x1p-900));
    assertEquals(model.mean(), stage.fit(tiny).mean());
    assertEquals(model.variance(), stage.fit(tiny).variance());

    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> stage.copy(ParamMap.empty()).setCorrection(1).fit(normalized))
            .getMessage();
    assertEquals(
        "The weights in column 'w' sum to 1 (rows: 4); correction 1 divides by their sum less 1 and "
            + "expects weights that sum to more than 1. Set correction to 0, or multiply the weights "
            + "by a constant.",
        message);
    assertEquals(
        "Model "
            + model.uid()
            + " has learned from rows whose weights sum to 1; correction 1 expects "
            + "more than 1. Set correction to 0, or update it with more data first.",
        assertThrows(
                IllegalStateException.class,
                () -> model.copy(ParamMap.empty()).setCorrection(1).transform(normalized))
            .getMessage());
    assertEquals(
        "The weights in column 'w' sum to 1 (rows: 4); exponential running statistics divide the "
            + "variance of a batch by their sum less 1 and expect weights that sum to more than 1. Set "
            + "runningStatistics to 'pooled', or multiply the weights by a constant.",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    stage
                        .copy(ParamMap.empty())
                        .setRunningStatistics("exponential")
                        .fit(normalized))
            .getMessage());
  }

  @Test
  void oneRowOfPositiveWeightIsTooLittleUnlessItWeighsMoreThanOne() {
    BatchNorm stage = new BatchNorm().setInputCol("x").setWeightCol("w").setOutputCol("out");
    Dataset<Row> one = Frames.doubles(new double[][] {{4, 0.5}, {7, 0}}).toDF("x", "w");
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> stage.fit(one))
            .getMessage()
            .startsWith(
                "Expected more than 1 value per channel when training, got input size [0.5"));
    assertEquals(3, stage.fit(one.withColumn("w", col("w").multiply(6))).count());
  }

  @Test
  void keptFeatureOfTwoValuesOfSmallWeightVaries() {
    Dataset<Row> frame =
        Frames.doubles(new double[][] {{1, 1, .25}, {3, NAN, .25}, {5, NAN, .5}})
            .toDF("a", "b", "w");
    BatchNorm stage =
        new BatchNorm()
            .setInputCols("a", "b")
            .setOutputCol("out")
            .setWeightCol("w")
            .setHandleInvalid("keep");
    BatchNormModel model = stage.fit(frame);
    assertEquals(List.of(false, true), summary(model, "constant"));
    assertEquals(
        List.of("There is a single value in 'b': it counts as constant"), model.fitWarnings());
  }

  @Test
  void groupsOfSmallWeightsAreGroupsLikeAnyOther() {
    Dataset<Row> frame =
        SharedSession.get()
            .range(100)
            .selectExpr("if(id < 50, 'A', 'B') k", "if(id < 50, 0, 1000000) + 2 * (id % 50D) x")
            .withColumn("w", lit(0.01));
    BatchNorm stage =
        new BatchNorm()
            .setInputCols("x")
            .setOutputCols("y")
            .setWeightCol("w")
            .setGroupCols("k")
            .setSmallGroup("error");
    BatchNormModel model = stage.fit(frame);
    assertEquals(List.of("group", "group"), summary(model, "uses"));
    List<Row> out =
        model
            .transform(frame)
            .groupBy("k")
            .agg(functions.avg("y"), functions.var_pop("y"))
            .collectAsList();
    for (Row row : out) {
      assertEquals(0, row.getDouble(1), 100 * ROUNDING);
      assertEquals(1, row.getDouble(2), 100 * ROUNDING);
    }
    Dataset<Row> withOne = frame.unionByName(frame.limit(1).withColumn("k", lit("C")));
    assertEquals(
        List.of(
            "1 of 3 groups have fewer than two rows and are normalized by the statistics of all rows; "
                + "set smallGroup to 'unit' or 'error' for another treatment"),
        stage.setSmallGroup("global").fit(withOne).fitWarnings());
    assertEquals(List.of(), stage.setSmallGroup("unit").fit(withOne).fitWarnings());
    BatchNorm sample = stage.setSmallGroup("error").setCorrection(1);
    Dataset<Row> heavier = frame.withColumn("w", expr("if(k = 'A', 0.01, 0.1)"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> sample.fit(heavier)).getMessage();
    assertTrue(
        message.contains(
            "in group k=A; smallGroup is 'error'. Groups whose weights sum to 1 or less, which "
                + "correction 1 does not allow: 1 of 2."),
        message);
    BatchNormModel sampled = stage.setSmallGroup("global").fit(heavier);
    assertEquals(
        List.of("global", "group"),
        sampled.summary().orderBy("k").select("uses").collectAsList().stream()
            .map(row -> row.get(0))
            .toList());
  }

  // ---- sparse vectors

  @Test
  void sparseStaysSparseWithoutCentringAndBecomesDenseWithIt() {
    Dataset<Row> sparse = Frames.sparse(new double[][] {{0, 2, 0}, {4, 0, 0}, {0, 0, 6}});
    BatchNormModel scaled = vectors().setWithMean(false).fit(sparse);
    SparseVector kept =
        assertInstanceOf(SparseVector.class, scaled.transform(sparse).first().getAs("out"));
    assertArrayEquals(new int[] {1}, kept.indices());
    BatchNormModel centred = vectors().fit(sparse);
    assertInstanceOf(DenseVector.class, centred.transform(sparse).first().getAs("out"));
    BatchNormModel shifted = vectors().setWithMean(false).setBeta(0, 0, 1).fit(sparse);
    assertInstanceOf(DenseVector.class, shifted.transform(sparse).first().getAs("out"));
  }

  @Test
  void aLargeSparseVectorThatBecomesDenseIsWarnedAboutOnce() {
    int size = 200_000;
    List<Vector> rows =
        List.of(
            Vectors.sparse(size, new int[] {5}, new double[] {1}),
            Vectors.sparse(size, new int[] {7}, new double[] {2}));
    Dataset<Row> frame = Frames.column("v", SQLDataTypes.VectorType(), rows);
    BatchNormModel model = vectors().fit(frame);
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNormModel")) {
      assertEquals(2, model.transform(frame).collectAsList().size());
      assertEquals(
          List.of(
              "WARN Sparse vectors of 200000 features become dense, 2 MB each, because zeros are "
                  + "not mapped to zeros; set withMean to false, and no beta, to keep them sparse"),
          warnings(log));
    }
    try (LogCapture log = LogCapture.of("batchnorm.spark.BatchNormModel")) {
      vectors().setWithMean(false).fit(frame).transform(frame).collectAsList();
      assertEquals(List.of(), warnings(log));
    }
  }

  @Test
  void floatArraysStayFloats() {
    Dataset<Row> frame = Frames.floatArrays(TABLE);
    Dataset<Row> out = vectors().fit(frame).transform(frame);
    assertEquals(frame.schema().apply("v").dataType(), out.schema().apply("out").dataType());
    assertInstanceOf(Float.class, out.first().getList(1).get(0));
  }

  private static BatchNorm vectors() {
    return new BatchNorm().setInputCol("v").setOutputCol("out");
  }

  private static BatchNorm columns(int n) {
    return new BatchNorm().setInputCols(Frames.names(n)).setOutputCol("out");
  }

  private static double[][] transformed(BatchNormModel model, Dataset<Row> frame) {
    return model.transform(frame).select("out").collectAsList().stream()
        .map(row -> ((Vector) row.get(0)).toArray())
        .toArray(double[][]::new);
  }

  private static List<Object> summary(BatchNormModel model, String column) {
    return model.summary().select(column).collectAsList().stream().map(row -> row.get(0)).toList();
  }

  private static List<String> warnings(LogCapture log) {
    return log.messages().stream().filter(message -> message.startsWith("WARN ")).toList();
  }
}
