package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 30 columns whose names have spaces, and one of text, through every command. */
class BreastCancerIT {
  private static final int ROWS = 569;
  private static final int FEATURES = 30;

  /** A column's mean and variance, of 569 doubles around 1, are exact to about 569 roundings. */
  private static final double ROUNDING = 1e-12;

  @TempDir static Path folder;

  private static Job fitTransform;

  @BeforeAll
  static void fitAndTransform() {
    fitTransform =
        Job.process(
            List.of(),
            "fit-transform",
            "--input",
            Job.BREAST_CANCER,
            "--all-numeric",
            "--model",
            folder.resolve("model"),
            "--output",
            folder.resolve("normalized"));
  }

  @Test
  void fitTransformPrintsTheColumnsBeforeAndAfter() {
    assertEquals(0, fitTransform.exitCode(), fitTransform.err());
    List<String> lines = fitTransform.out().lines().toList();
    assertEquals(1 + FEATURES, lines.size(), fitTransform.out());
    assertEquals(
        "name                     count  missing  mean before  std before  mean after  std after  note",
        lines.get(0));
    // Python: math.fsum(column) / 569 and statistics.pstdev(column)
    assertTrue(
        lines.get(1).matches("mean radius +569 +0 +14\\.1273 +3\\.52095 +(0|-?[0-9.]+E-1[5-9]) +1"),
        lines.get(1));
  }

  @Test
  void whatWasWrittenIsToldOnStderr() {
    assertEquals(
        List.of(
            "Left out, as not numeric: 'diagnosis' (string)",
            "Saved the model to " + folder.resolve("model"),
            "Wrote the normalized data to " + folder.resolve("normalized")),
        fitTransform.err().lines().toList());
  }

  @Test
  void writtenColumnsHaveMean0AndVariance1InTheFormatOfTheInput() throws IOException {
    List<String[]> original = Job.readCsv(Job.BREAST_CANCER);
    List<String[]> normalized = Job.readCsv(folder.resolve("normalized"));
    assertEquals(1 + ROWS, normalized.size());
    assertEquals(List.of(original.get(0)), List.of(normalized.get(0)));
    for (int j = 0; j < FEATURES; j++) {
      double sum = 0;
      double squares = 0;
      for (int i = 1; i <= ROWS; i++) {
        double value = Double.parseDouble(normalized.get(i)[j]);
        sum += value;
        squares += value * value;
      }
      assertEquals(0, sum / ROWS, ROUNDING, original.get(0)[j]);
      assertEquals(1, squares / ROWS, ROUNDING, original.get(0)[j]);
    }
    assertEquals("malignant", normalized.get(1)[FEATURES]);
  }

  @Test
  void inverseRestoresTheInput() throws IOException {
    Path restored = folder.resolve("restored");
    Job inverse =
        Job.run(
            "inverse",
            "--model",
            folder.resolve("model"),
            "--input",
            folder.resolve("normalized"),
            "--output",
            restored);
    assertEquals(0, inverse.exitCode(), inverse.err());
    List<String[]> original = Job.readCsv(Job.BREAST_CANCER);
    List<String[]> back = Job.readCsv(restored);
    assertEquals(1 + ROWS, back.size());
    for (int i = 1; i <= ROWS; i++) {
      for (int j = 0; j < FEATURES; j++) {
        double expected = Double.parseDouble(original.get(i)[j]);
        // The error is relative to the column's mean, at most 1000 times the smallest value here.
        assertEquals(expected, Double.parseDouble(back.get(i)[j]), ROUNDING * (1 + expected));
      }
      assertEquals(original.get(i)[FEATURES], back.get(i)[FEATURES]);
    }
  }

  @Test
  void describePrintsAModelAsJson() throws IOException {
    Job describe = Job.run("describe", "--model", folder.resolve("model"), "--json");
    assertEquals(0, describe.exitCode(), describe.err());
    JsonNode model = new ObjectMapper().readTree(describe.out());
    assertEquals(ROWS, model.get("rows").asInt());
    assertEquals(FEATURES, model.get("columns").size());
    assertEquals(0, model.get("eps").asDouble());
    JsonNode radius = model.get("columns").get(0);
    assertEquals("mean radius", radius.get("name").asText());
    assertEquals(ROWS, radius.get("count").asInt());
    assertEquals(0, radius.get("missing").asInt());
    // Python: math.fsum(column) / 569
    assertEquals(14.127291739894552, radius.get("mean").asDouble(), ROUNDING);
    assertEquals(
        radius.get("variance").asDouble(),
        Math.pow(radius.get("std").asDouble(), 2),
        ROUNDING * 10);
    assertEquals(false, radius.get("constant").asBoolean());
    assertEquals("", describe.err());
  }

  @Test
  void vectorOfColumnsIsWrittenAsParquetAndCanBeDescribed() {
    Path vectors = folder.resolve("vectors");
    Job written =
        Job.run(
            "fit-transform",
            "--input",
            Job.BREAST_CANCER,
            "--columns",
            "mean radius,worst *",
            "--except",
            "* error,worst t*",
            "--correction",
            "1",
            "--output-column",
            "features",
            "--output",
            vectors);
    assertEquals(0, written.exitCode(), written.err());
    Job described =
        Job.run("describe", "--input", vectors, "--vector-column", "features", "--correction", "1");
    assertEquals(0, described.exitCode(), described.err());
    List<String> names =
        described.out().lines().map(line -> line.replaceFirst("  .*", "")).toList();
    assertEquals(
        List.of(
            "name",
            "mean radius",
            "worst radius",
            "worst perimeter",
            "worst area",
            "worst smoothness",
            "worst compactness",
            "worst concavity",
            "worst concave points",
            "worst symmetry",
            "worst fractal dimension"),
        names);
  }
}
