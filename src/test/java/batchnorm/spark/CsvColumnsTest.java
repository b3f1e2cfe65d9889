package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A column of a CSV file that came out as strings is refused with what made it that. */
class CsvColumnsTest {
  @TempDir Path directory;

  @Test
  void wordsForMissingValuesAreNamedWithTheOptionThatReadsThem() throws IOException {
    Dataset<Row> rows = read("x,w", "1.5,1", "n/a,1", "-2e3,1", "?,NN", "n/a,2", ".5,3");
    String expected =
        "Column 'x' has type string: beside numbers its CSV file has 'n/a' (2), '?' (1); expected "
            + "numbers alone. To take one such text as missing, read it with the option "
            + "nullValue=n/a (on the command line --option 'nullValue=n/a'), for a second with the "
            + "option nanValue; else clean the file.";
    BatchNorm stage = new BatchNorm().setInputCols("x").setOutputCols("y");
    BatchNormModel model =
        BatchNormModel.of(Vectors.dense(0), Vectors.dense(1)).setInputCol("x").setOutputCol("y");
    assertRefused(expected, () -> stage.fit(rows));
    assertRefused(expected, () -> new BatchNorm().setInputCol("X").fit(rows.select("x")));
    assertRefused(expected, () -> model.transform(rows));
    assertRefused(
        expected
            .replace("'x'", "'w'")
            .replace("'n/a' (2), '?' (1)", "'NN' (1)")
            .replace("n/a", "NN"),
        () ->
            new BatchNorm()
                .setInputCol("v")
                .setWeightCol("w")
                .fit(rows.withColumn("v", functions.lit(1))));
  }

  @Test
  void decimalCommasAreNamedWithTheExpressionThatReadsThem() throws IOException {
    Dataset<Row> rows =
        SharedSession.get()
            .read()
            .option("header", true)
            .option("inferSchema", true)
            .option("sep", ";")
            .csv(written("x;n", "1,5;2", "3;4", "1.234,25;5"));
    assertRefused(
        "Column 'x' has type string: its CSV file has decimal commas, such as '1,5', which Spark does "
            + "not read; expected decimal points. Write the file with points, or replace the column "
            + "by the SQL expression cast(replace(`x`, ',', '.') as double).",
        () -> new BatchNorm().setInputCols("x", "n").fit(rows));
    assertRefused(
        "Column 'x' has type string: its CSV file has decimal commas, such as '1.234,25', which Spark "
            + "does not read; expected decimal points. Write the file with points, or replace the "
            + "column by the SQL expression cast(replace(replace(`x`, '.', ''), ',', '.') as double).",
        () -> new BatchNorm().setInputCols("x").fit(rows.filter("n = 5")));
  }

  @Test
  void anotherSeparatorIsFoundInTheNameOrTheValues() throws IOException {
    assertRefused(
        "The CSV file has one column, 'x;n', which is several names; expected a column each. Read it "
            + "with the option sep=; (on the command line --option 'sep=;').",
        () -> new BatchNorm().setInputCols("x", "n").fit(read("x;n", "1;2", "3;4")));
    assertRefused(
        "The CSV file has one column, 'x\tn', which is several names; expected a column each. Read it "
            + "with the option sep=\\t (on the command line --option 'sep=\\t').",
        () -> new BatchNorm().setInputCols("x", "n").fit(read("x\tn", "1\t2", "3\t4")));
    assertRefused(
        "Column 'all numbers' has type string: its CSV file has several numbers in one value, such as "
            + "'1  2.5'; expected one. Read it with the option sep=  (on the command line --option "
            + "'sep= ').",
        () -> new BatchNorm().setInputCol("all numbers").fit(read("all numbers", "1  2.5", "3 4")));
  }

  @Test
  void aFileThatWasReadWithoutTypesIsSaidToBe() throws IOException {
    Dataset<Row> rows =
        SharedSession.get().read().option("header", true).csv(written("x", "1", "2"));
    assertRefused(
        "Column 'x' has type string, although all its values are numbers: its CSV file was read "
            + "without types. Read it with the option inferSchema=true (on the command line --option "
            + "'inferSchema=true'), or with a schema.",
        () -> new BatchNorm().setInputCol("x").fit(rows));
  }

  /** Text in the file, or made of other columns, is no matter of how it is read. */
  @Test
  void textsAreRefusedAsEverywhere() throws IOException {
    Dataset<Row> rows = read("x,kind", "1,one", "2,two");
    String text =
        "Column 'kind' has type string; BatchNorm needs a numeric or vector column, or an "
            + "array<double> or array<float>. Cast it first, or set another inputCol.";
    assertRefused(text, () -> new BatchNorm().setInputCol("kind").fit(rows));
    Dataset<Row> made = rows.withColumn("kind", functions.expr("if(x = 1, '1', '?')"));
    assertRefused(text, () -> new BatchNorm().setInputCol("kind").fit(made));
    assertRefused(
        "Column 'y' does not exist; the dataset has 'x'. Set the name of an existing column.",
        () -> new BatchNorm().setInputCol("y").fit(rows.select("x")));
  }

  @Test
  void ofVeryManyTextsTheFirstAreCounted() throws IOException {
    String[] lines = new String[1003];
    Arrays.fill(lines, "none");
    lines[0] = "x";
    lines[1] = "1";
    assertRefused(
        "Column 'x' has type string: beside numbers its CSV file has 'none' (1000) and more; expected "
            + "numbers alone. To take one such text as missing, read it with the option "
            + "nullValue=none (on the command line --option 'nullValue=none'), for a second with the "
            + "option nanValue; else clean the file.",
        () -> new BatchNorm().setInputCol("x").fit(read(lines)));
  }

  private Dataset<Row> read(String... lines) throws IOException {
    return SharedSession.get()
        .read()
        .option("header", true)
        .option("inferSchema", true)
        .csv(written(lines));
  }

  private String written(String... lines) throws IOException {
    return Files.writeString(
            Files.createTempFile(directory, "rows", ".csv"), String.join("\n", lines))
        .toString();
  }

  private static void assertRefused(String expected, Executable use) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, use).getMessage());
  }
}
