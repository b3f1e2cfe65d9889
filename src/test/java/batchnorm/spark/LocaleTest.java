package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.errors.OptionErrors;
import batchnorm.spark.errors.ParamErrors;
import batchnorm.spark.report.Feature;
import batchnorm.spark.report.Report;
import batchnorm.spark.testing.SharedSession;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Generated code and texts in locales that have other digits, or other capital letters. */
class LocaleTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final Locale USUAL = Locale.getDefault();

  @AfterEach
  void reset() {
    Locale.setDefault(USUAL);
    SESSION.conf().unset("spark.sql.codegen.factoryMode");
    SESSION.conf().unset("spark.sql.codegen.fallback");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "bn-BD", "mr-IN", "tr-TR"})
  void codeIsGeneratedThatCompiles(String tag) {
    Locale.setDefault(Locale.forLanguageTag(tag));
    SESSION.conf().set("spark.sql.codegen.factoryMode", "CODEGEN_ONLY");
    SESSION.conf().set("spark.sql.codegen.fallback", "false");
    Dataset<Row> data = data();
    BatchNorm stage =
        new BatchNorm()
            .setInputCols("a", "b")
            .setOutputCols("x", "y")
            .setHandleInvalid("keep")
            .setEps(0);
    assertEquals(
        List.of("-1.0, -1.0", "1.0, 1.0"), images(stage.fit(data).transform(data), "a < 3"));
    BatchNorm groups = stage.setGroupCols("whole", "amount", "text");
    assertEquals(
        List.of("-1.0, -1.0", "1.0, 1.0"), images(groups.fit(data).transform(data), "a < 3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "bn-BD", "mr-IN"})
  void textsHaveTheDigitsOfTheirNumbers(String tag) {
    Locale.setDefault(Locale.forLanguageTag(tag));
    assertEquals(
        "correction is 7; expected 0 (divide by n) or 1 (divide by n - 1). Set one of them.",
        ParamErrors.invalidCorrection(7).getMessage());
    assertEquals(
        "--columns names 3 columns and file f.onnx has 12 features; expected a column for each, in "
            + "their order. Name them.",
        OptionErrors.otherNumberOfColumns("f.onnx", 12, 3).getMessage());
    assertEquals(
        "BatchNormModel: uid=m, numFeatures=2, eps=1.0E-5, correction=0",
        BatchNormModel.of(Vectors.dense(1, 2), Vectors.dense(3, 4))
            .setEps(1e-5)
            .toString()
            .replaceFirst("uid=\\w+", "uid=m"));
    Feature feature = new Feature("f", 4, 0, 1, 2, 3, Double.NaN, Double.NaN, false, false, 1);
    Report report =
        new Report(
            "m",
            "here",
            Map.of(),
            List.of(),
            Collections.nCopies(1234, feature),
            true,
            Optional.empty(),
            Optional.empty());
    assertEquals(
        List.of(
            "Of 1,234 features this page lists 12: those with flags, then the first ones. --limit "
                + "sets how many."),
        report.limitedTo(12).notes());
  }

  /** Two rows in one group, whose columns have the types that generated code tells apart. */
  private static Dataset<Row> data() {
    return SESSION
        .range(1, 3)
        .select(
            col("id").cast("double").as("a"),
            col("id").multiply(10).as("b"),
            lit(12).as("whole"),
            lit("1.50").cast("decimal(20,2)").as("amount"),
            lit("İi").as("text"));
  }

  private static List<String> images(Dataset<Row> mapped, String condition) {
    return mapped.where(condition).select("x", "y").collectAsList().stream()
        .map(row -> row.getDouble(0) + ", " + row.getDouble(1))
        .sorted()
        .toList();
  }
}
