package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The breast cancer table in two files, of 369 rows and of 200, with a model of each. */
class MergeAndUpdateIT {
  private static final int FIRST_ROWS = 369;
  private static final String COLUMNS = "mean *,worst area";

  @TempDir static Path folder;

  private static Path first;
  private static Path second;
  private static Path firstModel;
  private static Path secondModel;
  private static Job wholeFit;
  private static Path wholeModel;

  @BeforeAll
  static void fit() throws IOException {
    List<String> lines = Files.readAllLines(Job.BREAST_CANCER);
    first = Files.write(folder.resolve("first.csv"), lines.subList(0, 1 + FIRST_ROWS));
    List<String> rest = new ArrayList<>(List.of(lines.get(0)));
    rest.addAll(lines.subList(1 + FIRST_ROWS, lines.size()));
    second = Files.write(folder.resolve("second.csv"), rest);
    firstModel = folder.resolve("models/first");
    secondModel = folder.resolve("models/second");
    run("fit", "--input", first, "--columns", COLUMNS, "--eps", 0, "--model", firstModel);
    run("fit", "--input", second, "--columns", COLUMNS, "--eps", 0, "--model", secondModel);
    wholeModel = folder.resolve("whole");
    wholeFit =
        run(
            "fit",
            "--input",
            first,
            second,
            "--columns",
            COLUMNS,
            "--eps",
            0,
            "--model",
            wholeModel);
  }

  @Test
  void mergedModelIsThatOfOneFitToTheLastBit() throws IOException {
    Path merged = folder.resolve("merged");
    Job merge = run("merge", folder.resolve("models/*"), "--model", merged);
    assertEquals(wholeFit.out(), merge.out());
    assertEquals(
        List.of("Merged models: 2, rows: 569", "Saved the model to " + merged),
        merge.err().lines().toList());
    assertEquals(described(wholeModel), described(merged));
  }

  @Test
  void subtractedModelIsThatOfTheRest() throws IOException {
    Path rest = folder.resolve("rest");
    Job subtract = run("subtract", firstModel, "--from", wholeModel, "--model", rest);
    assertEquals(
        List.of(
            "Subtracted models: 1, rows: 200",
            "Saved the model to " + rest,
            "Minimum and maximum of its columns are unknown: they cannot be subtracted"),
        subtract.err().lines().toList());
    JsonNode fitted = described(secondModel);
    for (JsonNode column : fitted.get("columns")) {
      ((ObjectNode) column).putNull("min").putNull("max");
    }
    assertEquals(fitted, described(rest));
    Job more = Job.run("subtract", wholeModel, "--from", firstModel, "--model", rest + "-none");
    assertEquals(
        "batchnorm: "
            + firstModel
            + " and "
            + wholeModel
            + ": The models cannot be subtracted: the first has the count 369 and the other 569, "
            + "which is no part of it; expected a model of rows that the first was fitted on. "
            + "Subtract one whose rows were added before.\n",
        more.err());
    assertEquals(1, more.exitCode());
    assertEquals(false, Files.exists(folder.resolve("rest-none")));
  }

  @Test
  void updatedModelIsThatOfOneFitAndTheOldOneStays() throws IOException {
    Path updated = folder.resolve("updated");
    byte[] before = data(firstModel);
    Job update = run("update", "--model", firstModel, "--input", second, "--output-model", updated);
    assertEquals(wholeFit.out(), update.out());
    assertEquals(
        List.of("Added rows: 200, 569 in all", "Saved the model to " + updated),
        update.err().lines().toList());
    assertArrayEquals(before, data(firstModel));
  }

  @Test
  void continuedFitIsThatOfOneFit() {
    Path continued = folder.resolve("continued");
    Job fit =
        run(
            "fit",
            "--input",
            second,
            "--columns",
            COLUMNS,
            "--eps",
            0,
            "--initial-model",
            firstModel,
            "--model",
            continued);
    assertEquals(wholeFit.out(), fit.out());
  }

  @Test
  void updateReplacesTheModelAndRunningStatisticsMoveOn() throws IOException {
    Path models = folder.resolve("running");
    Path model = models.resolve("model");
    run(
        "fit",
        "--input",
        first,
        "--columns",
        "mean radius",
        "--running-statistics",
        "exponential",
        "--momentum",
        "0.5",
        "--model",
        model);
    Job update = run("update", "--model", model, "--input", second);
    assertEquals(List.of("model"), Job.names(models));
    // Python: statistics.fmean and variance of the 369 and of the 200 radii, from 0 and 1 on
    assertEquals(
        """
        name         count  missing     mean      std  variance    min    max  note
        mean radius    569        0  10.4527  3.03135   9.18911  6.981  28.11
        running statistics: exponential, momentum 0.5, batches tracked: 2
        """,
        update.out());

    JsonNode described = described(model);
    assertEquals("exponential", described.get("runningStatistics").textValue());
    assertEquals(0.5, described.get("momentum").doubleValue());
    assertEquals(2, described.get("numBatchesTracked").intValue());

    Job merge =
        Job.run("merge", secondModel, firstModel, model, "--model", folder.resolve("never"));
    assertEquals(1, merge.exitCode());
    assertEquals(
        "batchnorm: "
            + model
            + ": The models cannot be merged: their running statistics are exponential and depend "
            + "on the order of the batches; expected pooled or cumulative ones. Update one model "
            + "with the data of the other, or fit with another --running-statistics.\n",
        merge.err());
    assertEquals(false, Files.exists(folder.resolve("never")));
  }

  @Test
  void updateThatFailsLeavesTheModelAsItWas() throws IOException {
    Path other = Files.writeString(folder.resolve("other.csv"), "mean radius,worst area\n1,2\n");
    byte[] before = data(secondModel);
    Job update = Job.run("update", "--model", secondModel, "--input", other);
    assertEquals(
        "batchnorm: Column 'mean texture' does not exist; the dataset has 'mean radius', 'worst "
            + "area'. Set the name of an existing column.\n",
        update.err());
    assertEquals(1, update.exitCode());
    assertEquals("", update.out());
    assertEquals(List.of("first", "second"), Job.names(folder.resolve("models")));
    assertArrayEquals(before, data(secondModel));
  }

  private static Job run(Object... args) {
    Job job = Job.run(args);
    assertEquals(0, job.exitCode(), job.err());
    return job;
  }

  /** The output of describe, with all digits and without the uid. */
  private static JsonNode described(Path model) throws IOException {
    Job job = run("describe", "--model", model, "--json");
    ObjectNode node = (ObjectNode) new ObjectMapper().readTree(job.out());
    node.remove("uid");
    return node;
  }

  /** The bytes of what a model has learned. */
  private static byte[] data(Path model) throws IOException {
    try (Stream<Path> files = Files.list(model.resolve("data"))) {
      List<Path> parts = files.filter(file -> file.toString().endsWith(".parquet")).toList();
      assertEquals(1, parts.size(), parts.toString());
      return Files.readAllBytes(parts.get(0));
    }
  }
}
