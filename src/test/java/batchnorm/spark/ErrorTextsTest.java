package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.errors.BatchNormException;
import batchnorm.spark.testing.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of user errors: what was found, what was expected and what to do. */
class ErrorTextsTest {
  private static final double[][] TABLE = {{1, 2}, {3, 4}, {5, 7}};
  private static final double NAN = Double.NaN;

  private final Dataset<Row> doubles = Frames.doubles(TABLE);
  private final Dataset<Row> vectors = Frames.dense(TABLE);

  @Test
  void missingColumn() {
    assertRefused(
        "Column 'x' does not exist; the dataset has 'a', 'b'. Set the name of an existing column.",
        () -> stage("a", "x").fit(doubles));
    assertRefused(
        "Column 'w' does not exist; the dataset has 'a', 'b'. Set the name of an existing column.",
        () -> stage("a", "b").setWeightCol("w").fit(doubles));
  }

  @Test
  void ambiguousColumn() {
    Dataset<Row> twice = doubles.select(doubles.col("a"), doubles.col("b"), doubles.col("a"));
    assertRefused(
        "Column 'a' is ambiguous: the dataset has several columns of that name. "
            + "Rename or drop all but one.",
        () -> stage("a", "b").fit(twice));
  }

  @Test
  void stringColumn() {
    Dataset<Row> strings = Frames.column("age", DataTypes.StringType, List.of("1", "2"));
    assertRefused(
        "Column 'age' has type string; BatchNorm needs a numeric or vector column, and inputCols "
            + "takes numeric ones. Cast it first, or remove it from inputCols; one vector or array "
            + "goes into inputCol.",
        () -> stage("age").fit(strings));
    assertRefused(
        "Column 'age' has type string; BatchNorm needs a numeric or vector column, or an "
            + "array<double> or array<float>. Cast it first, or set another inputCol.",
        () -> new BatchNorm().setInputCol("age").fit(strings));
    assertRefused(
        "Weight column 'age' has type string; weightCol needs a numeric column. Cast it first, or "
            + "set another weightCol.",
        () -> stage("n").setWeightCol("age").fit(strings.withColumn("n", lit(1))));
  }

  @Test
  void vectorAmongInputCols() {
    assertRefused(
        "Column 'v' has type "
            + SQLDataTypes.VectorType().simpleString()
            + "; BatchNorm needs a numeric or vector column, and inputCols takes numeric ones. Cast "
            + "it first, or remove it from inputCols; one vector or array goes into inputCol.",
        () -> stage("v").fit(vectors));
  }

  @Test
  void inputsAndOutputsThatDoNotGoTogether() {
    assertRefused(
        "Both inputCol and inputCols are set; expected one of them. Clear inputCol to read numeric "
            + "columns, or inputCols to read one column.",
        () -> stage("a", "b").setInputCol("a").fit(doubles));
    assertRefused(
        "Neither inputCol nor inputCols is set; expected one of them. Set inputCol to a vector, "
            + "array or numeric column, or inputCols to numeric columns.",
        () -> new BatchNorm().setOutputCol("out").fit(doubles));
    assertRefused(
        "Both outputCol and outputCols are set; expected one of them. Clear outputCol to write a "
            + "column each, or outputCols to write one vector.",
        () -> stage("a", "b").setOutputCol("v").setOutputCols("x", "y").fit(doubles));
    assertRefused(
        "outputCols is set together with inputCol; outputCols goes with inputCols. Set outputCol.",
        () -> new BatchNorm().setInputCol("a").setOutputCols("x").fit(doubles));
    assertRefused(
        "inputCols has 2 columns and outputCols has 1; expected as many outputs as inputs. Name one "
            + "output for each input, or set outputCol for one vector of all.",
        () -> stage("a", "b").setOutputCols("x").fit(doubles));
    assertRefused(
        "inputCols is empty; expected at least one column. Name the columns.",
        () -> stage().fit(doubles));
    assertRefused(
        "inputCols names column 'a' more than once; expected each once. Remove the repetition.",
        () -> stage("a", "a").fit(doubles));
    assertRefused(
        "outputCols names column 'x' more than once; expected each once. Remove the repetition.",
        () -> stage("a", "b").setOutputCols("x", "x").fit(doubles));
  }

  @Test
  void outputColumnThatExists() {
    String text =
        "Output column 'b' already exists; expected a new name, or the name of the input column it "
            + "replaces. Rename the output, or drop the existing column.";
    assertRefused(text, () -> stage("a").setOutputCol("b").fit(doubles));
    assertRefused(text, () -> stage("a", "b").setOutputCols("b", "a").fit(doubles));
    BatchNormModel model = stage("a").setOutputCol("new").fit(doubles);
    assertRefused(text, () -> model.setOutputCol("b").transform(doubles));
  }

  @Test
  void emptyDataset() {
    assertRefused(
        "The dataset has no rows to fit on. Expected more than 1 value per channel when training, "
            + "got input size [0, 2] (columns 'a', 'b'). Fit on two rows or more, or on weights that "
            + "sum to more than 1.",
        () -> stage("a", "b").fit(doubles.limit(0)));
    assertRefused(
        "The dataset has no rows to fit on. Expected more than 1 value per channel when training, "
            + "got input size [0, ?] (columns 'v'). Fit on two rows or more, or on weights that sum "
            + "to more than 1.",
        () -> new BatchNorm().setInputCol("v").fit(vectors.limit(0)));
  }

  @Test
  void oneRow() {
    assertRefused(
        "Expected more than 1 value per channel when training, got input size [1, 2] (columns 'a', "
            + "'b'). Fit on two rows or more, or on weights that sum to more than 1.",
        () -> stage("a", "b").fit(doubles.limit(1)));
    assertRefused(
        "Expected more than 1 value per channel when training, got input size [0.75, 2] (columns "
            + "'v'). Fit on two rows or more, or on weights that sum to more than 1.",
        () -> new BatchNorm().setInputCol("v").setWeightCol("w").fit(weighted(0.75, 0)));
    assertRefused(
        "The weights in column 'w' sum to 0.75 (rows: 2); correction 1 divides by their sum less 1 and "
            + "expects weights that sum to more than 1. Set correction to 0, or multiply the weights "
            + "by a constant.",
        () ->
            new BatchNorm()
                .setInputCol("v")
                .setWeightCol("w")
                .setCorrection(1)
                .fit(weighted(0.5, 0.25)));
    assertRefused(
        "Expected more than 1 value per channel when training, got input size [1, 1] (columns 'a'). "
            + "Rows with missing values were dropped because handleInvalid is 'skip'. Fit on two "
            + "rows or more, or on weights that sum to more than 1.",
        () ->
            stage("a")
                .setHandleInvalid("skip")
                .fit(Frames.doubles(new double[][] {{1}, {NAN}, {NAN}})));
  }

  @Test
  void vectorsOfDifferentSizes() {
    Dataset<Row> ragged =
        Frames.column(
            "v",
            SQLDataTypes.VectorType(),
            List.of(Vectors.dense(1, 2), Vectors.dense(1, 2, 3), Vectors.dense(2, 2)));
    assertRefused(
        "Column 'v' has vectors of different sizes: 2 in partition 0 and 3 in partition 0; expected "
            + "one size. Filter the rows of the wrong size, or rebuild the vectors.",
        () -> new BatchNorm().setInputCol("v").fit(ragged));
    Dataset<Row> apart = vectors.union(Frames.dense(new double[][] {{1, 2, 3}, {4, 5, 6}}));
    assertRefused(
        "Column 'v' has vectors of different sizes: 2 in partition 0 and 3 in partition 1; expected "
            + "one size. Filter the rows of the wrong size, or rebuild the vectors.",
        () -> new BatchNorm().setInputCol("v").fit(apart));
  }

  @Test
  void missingAndInfiniteValuesInFit() {
    double[][] table = {{1, NAN}, {NAN, 2}, {NAN, 3}, {Double.POSITIVE_INFINITY, 4}};
    String todo =
        " Set handleInvalid to 'skip' to drop such rows or to 'keep' to ignore such values, or "
            + "clean the data.";
    assertRefused(
        "Column 'a' has 2 missing (null or NaN) and 1 infinite values; handleInvalid is 'error'. Other "
            + "columns with such values: 1."
            + todo,
        () -> stage("a", "b").fit(Frames.doubles(table)));
    assertRefused(
        "Column 'a' has 2 missing (null or NaN) and 0 infinite values; handleInvalid is 'error'."
            + todo,
        () ->
            stage("a")
                .fit(
                    Frames.numbers(
                        new double[][] {{1}, {NAN}, {NAN}, {2}}, DataTypes.IntegerType)));
    assertRefused(
        "Column 'v[0]' has 2 missing (null or NaN) and 1 infinite values; handleInvalid is 'error'. "
            + "Other columns with such values: 1."
            + todo,
        () -> new BatchNorm().setInputCol("v").fit(Frames.sparse(table)));
    assertRefused(
        "Column 'v' has 2 missing (null or NaN) and 0 infinite values; handleInvalid is 'error'."
            + todo,
        () ->
            new BatchNorm()
                .setInputCol("v")
                .fit(Frames.column("v", SQLDataTypes.VectorType(), Arrays.asList(null, null))));
  }

  @Test
  void missingAndInfiniteValuesInTransform() {
    String todo =
        "; handleInvalid is 'error'. Set handleInvalid to 'skip' to drop such rows or to 'keep' to "
            + "keep them missing, or clean the data.";
    double[][] missing = {{1, 2}, {1, NAN}};
    double[][] infinite = {{1, 2}, {Double.NEGATIVE_INFINITY, 2}};
    BatchNormModel toVector = stage("a", "b").setOutputCol("out").fit(doubles);
    BatchNormModel toColumns = stage("a", "b").setOutputCols("x", "y").fit(doubles);
    BatchNormModel ofVector = new BatchNorm().setInputCol("v").setOutputCol("out").fit(vectors);
    BatchNormModel ofArray =
        new BatchNorm().setInputCol("v").setOutputCol("out").fit(Frames.doubleArrays(TABLE));

    for (BatchNormModel model : List.of(toVector, toColumns)) {
      assertTaskRefused(
          "Column 'b' has a missing value (null or NaN)" + todo, model, Frames.doubles(missing));
      assertTaskRefused(
          "Column 'b' has a missing value (null or NaN)" + todo,
          model,
          Frames.numbers(missing, DataTypes.LongType));
      assertTaskRefused(
          "Column 'a' has the value -Infinity" + todo, model, Frames.doubles(infinite));
    }
    assertTaskRefused(
        "Column 'v[1]' has a missing value (null or NaN)" + todo, ofVector, Frames.dense(missing));
    assertTaskRefused(
        "Column 'v[1]' has a missing value (null or NaN)" + todo, ofVector, Frames.sparse(missing));
    assertTaskRefused(
        "Column 'v[0]' has the value -Infinity" + todo, ofVector, Frames.dense(infinite));
    assertTaskRefused(
        "Column 'v' has a missing value (null or NaN)" + todo,
        ofVector,
        Frames.column("v", SQLDataTypes.VectorType(), Arrays.asList(null, null)));
    assertTaskRefused(
        "Column 'out' has a missing value (null or NaN)" + todo,
        toVector.inverse(),
        Frames.column("out", SQLDataTypes.VectorType(), Arrays.asList(null, null)));
    assertTaskRefused(
        "Column 'v[1]' has a missing value (null or NaN)" + todo,
        ofArray,
        Frames.doubleArrays(missing));
  }

  @ParameterizedTest
  @CsvSource({"-1.0,-1.0", "NaN,null or NaN", "Infinity,Infinity"})
  void invalidWeights(double weight, String shown) {
    assertRefused(
        "Weight column 'w' has invalid weights (rows: 1, such as "
            + shown
            + "); expected finite numbers of at least 0. Filter those rows, or give them weight 0.",
        () -> new BatchNorm().setInputCol("v").setWeightCol("w").fit(weighted(1, weight, 1)));
  }

  @Test
  void invalidParameters() {
    assertRefused(
        "eps is -1.0; expected a finite number of at least 0. Set eps to 0 or more.",
        () -> new BatchNorm().setEps(-1));
    assertRefused(
        "eps is NaN; expected a finite number of at least 0. Set eps to 0 or more.",
        () -> new BatchNorm().setEps(NAN));
    assertRefused(
        "correction is 2; expected 0 (divide by n) or 1 (divide by n - 1). Set one of them.",
        () -> new BatchNorm().setCorrection(2));
    assertRefused(
        "handleInvalid is 'drop'; expected 'error', 'skip' or 'keep'. Set one of them.",
        () -> new BatchNorm().setHandleInvalid("drop"));
    assertRefused(
        "runningStatistics is 'moving'; expected 'pooled', 'exponential' or 'cumulative'. Set one of "
            + "them.",
        () -> new BatchNorm().setRunningStatistics("moving"));
    assertRefused(
        "momentum is 1.5; expected the weight of a new batch, from 0 to 1. Set 0.1, as "
            + "PyTorch does.",
        () -> new BatchNorm().setMomentum(1.5));
    assertRefused(
        "momentum is NaN; expected the weight of a new batch, from 0 to 1. Set 0.1, as "
            + "PyTorch does.",
        () -> new BatchNorm().setMomentum(NAN));
    assertRefused(
        "unseenGroup is 'skip'; expected 'error', 'global' or 'null'. Set one of them.",
        () -> new BatchNorm().setUnseenGroup("skip"));
    assertRefused(
        "output is 'all'; expected 'normalized', 'summary' or 'statistics'. Set one of them.",
        () -> new BatchNormModel().setOutput("all"));
    assertRefused(
        "smallGroup is 'skip'; expected 'error', 'global' or 'unit'. Set one of them.",
        () -> new BatchNorm().setSmallGroup("skip"));
    assertRefused(
        "aggregationDepth is 0; expected at least 1. Set 2, or more for very many partitions.",
        () -> new BatchNorm().setAggregationDepth(0));
    assertRefused(
        "maxSliceBytes is 1048575; expected at least 1048576 (1 MiB). Leave it at 16777216, or set"
            + " less where executors have little memory.",
        () -> new BatchNorm().setMaxSliceBytes(1048575));
    assertRefused(
        "gamma[1] is NaN; expected finite numbers. Replace it by a finite number.",
        () -> new BatchNorm().setGamma(1, NAN));
    assertRefused(
        "beta[0] is Infinity; expected finite numbers. Replace it by a finite number.",
        () -> new BatchNorm().setBeta(Double.POSITIVE_INFINITY));
  }

  @Test
  void nullParametersAndEmptyNames() {
    assertRefused(
        "inputCol is null; expected a value. Clear the parameter to leave it unset.",
        () -> new BatchNorm().setInputCol(null));
    assertRefused(
        "inputCols is null; expected a value. Clear the parameter to leave it unset.",
        () -> stage("a", null));
    assertRefused(
        "weightCol is null; expected a value. Clear the parameter to leave it unset.",
        () -> stage("a").setWeightCol(null));
    assertRefused(
        "gamma is null; expected a value. Clear the parameter to leave it unset.",
        () -> stage("a").setGamma((double[]) null));
    assertRefused(
        "outputCols names a column without a name; expected a name of one character or more. Rename "
            + "the column first.",
        () -> stage("a").setOutputCols(""));
  }

  @Test
  void aWrongWeightColumnIsSaidBeforeAnythingRuns() {
    assertRefused(
        "Column 'w' does not exist; the dataset has 'a', 'b'. Set the name of an existing column.",
        () -> stage("a").setWeightCol("w").transformSchema(doubles.schema()));
  }

  @Test
  void vectorsThatHoldNothing() {
    assertRefused(
        "Column 'v' is null in all 2 rows; expected vectors or arrays to fit on. Check how the "
            + "column is made.",
        () ->
            new BatchNorm()
                .setInputCol("v")
                .setHandleInvalid("keep")
                .fit(Frames.column("v", SQLDataTypes.VectorType(), Arrays.asList(null, null))));
    Vector empty = Vectors.dense(new double[0]);
    assertRefused(
        "Column 'v' has vectors of size 0; expected at least one feature. Check how the column is "
            + "made.",
        () ->
            new BatchNorm()
                .setInputCol("v")
                .fit(Frames.column("v", SQLDataTypes.VectorType(), List.of(empty, empty))));
  }

  @Test
  void weightsBeyondTheRangeOfDouble() {
    assertRefused(
        "The weights in column 'w' sum to Infinity; expected a sum within the range of double. "
            + "Divide the weights by a constant.",
        () -> new BatchNorm().setInputCol("v").setWeightCol("w").fit(weighted(1e308, 1e308)));
  }

  @Test
  void inverseOfAVectorThatBecameAnArray() {
    BatchNormModel model = stage("a", "b").setOutputCol("out").fit(doubles);
    Dataset<Row> arrays =
        model
            .transform(doubles)
            .withColumn(
                "out", org.apache.spark.ml.functions.vector_to_array(col("out"), "float64"));
    assertRefused(
        "Column 'out' has type array<double>; the inverse of a model that makes one vector of several "
            + "columns needs that vector. Convert it first, an array with array_to_vector.",
        () -> model.inverse().transform(arrays));
  }

  @Test
  void gammaAndBetaOfTheWrongLength() {
    assertRefused(
        "gamma has 3 values and the data has 2 features; expected one value per feature. Set gamma "
            + "to 2 values.",
        () -> stage("a", "b").setGamma(1, 2, 3).fit(doubles));
    assertRefused(
        "beta has 1 values and the data has 2 features; expected one value per feature. Set beta to "
            + "2 values.",
        () -> new BatchNorm().setInputCol("v").setBeta(1).fit(vectors));
  }

  @Test
  void modelAppliedToDataOfAnotherWidth() {
    BatchNormModel ofColumns = stage("a", "b").setOutputCol("out").fit(doubles);
    assertRefused(
        "1 input columns are set; the model was fitted on 2 features. Set 2 columns, in the order of "
            + "the fit.",
        () -> ofColumns.setInputCols("a").transform(doubles));
    BatchNormModel ofVector = new BatchNorm().setInputCol("v").setOutputCol("out").fit(vectors);
    double[][] wide = {{1, 2, 3}, {4, 5, 6}};
    String text =
        "Column 'v' has vectors of size 3; the model was fitted on 2 features. Apply it to vectors "
            + "of size 2, or fit a model on this data.";
    assertTaskRefused(text, ofVector, Frames.dense(wide));
    assertTaskRefused(text, ofVector, Frames.sparse(wide));
    Dataset<Row> sizeInMetadata =
        stage("a", "b", "c")
            .setOutputCol("v")
            .fit(Frames.doubles(wide))
            .transform(Frames.doubles(wide));
    assertRefused(text, () -> ofVector.transform(sizeInMetadata));
    BatchNormModel ofArray =
        new BatchNorm().setInputCol("v").setOutputCol("out").fit(Frames.floatArrays(TABLE));
    assertTaskRefused(text, ofArray, Frames.floatArrays(wide));
  }

  @Test
  void inverseWithAGammaOfZero() {
    BatchNormModel model = stage("a", "b").setOutputCol("out").setGamma(1, 0).fit(doubles);
    assertRefused(
        "gamma of 'b' is 0, so its values cannot be restored; expected gamma other than 0. Fit with "
            + "another gamma to use inverse().",
        model::inverse);
  }

  @Test
  void modelWithoutStatistics() {
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> new BatchNormModel("m").mean());
    assertEquals(
        "Model m has no statistics; expected a fitted or loaded model. Use BatchNorm.fit, "
            + "BatchNormModel.load or BatchNormModel.of.",
        error.getMessage());
  }

  @Test
  void knownStatisticsThatCannotBe() {
    assertRefused(
        "mean has 2 values and variance has 1; expected as many of one as of the other. Give one of "
            + "each per feature.",
        () -> BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(1)));
    assertRefused(
        "variance[1] is -1.0; expected numbers of at least 0. Give the variance of each feature, not "
            + "its negative or a missing value.",
        () -> BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(1, -1)));
    assertRefused(
        "mean[0] is NaN; expected finite numbers. Give the mean of each feature.",
        () -> BatchNormModel.of(Vectors.dense(NAN), Vectors.dense(1)));
    Vector empty = Vectors.dense(new double[0]);
    assertRefused(
        "mean and variance have no values; expected one of each per feature. Give them.",
        () -> BatchNormModel.of(empty, empty));
  }

  private static BatchNorm stage(String... inputCols) {
    return new BatchNorm().setInputCols(inputCols);
  }

  private static Dataset<Row> weighted(double... weights) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      rows.add(RowFactory.create(Vectors.dense(i, 2 * i), weights[i]));
    }
    StructType schema =
        new StructType().add("v", SQLDataTypes.VectorType()).add("w", DataTypes.DoubleType);
    return Frames.of(schema, rows);
  }

  private static void assertRefused(String text, Executable action) {
    assertEquals(text, assertThrows(BatchNormException.class, action).getMessage());
  }

  /** The transform is lazy: its error is the cause of the job's. */
  private static void assertTaskRefused(String text, BatchNormModel model, Dataset<Row> frame) {
    Dataset<Row> transformed = model.transform(frame.repartition(1));
    Throwable error = assertThrows(Exception.class, transformed::collectAsList);
    while (error.getCause() != null) {
      error = error.getCause();
    }
    assertEquals(BatchNormException.class, error.getClass());
    assertEquals(text, error.getMessage());
  }
}
