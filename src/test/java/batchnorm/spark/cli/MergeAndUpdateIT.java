package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The breast cancer table in two files of 369 and 200 rows, with a model of each. */
class MergeAndUpdateIT {
  private static final int FIRST_ROWS = 369;

  @TempDir static Path folder;

  private static Path first;
  private static Path second;
  private static Path firstModel;
  private static Path secondModel;
  private static Job wholeFit;
  private static JsonNode whole;

  @BeforeAll
  static void fit() throws IOException {
    List<String> lines = Files.readAllLines(Job.BREAST_CANCER);
    first = Files.write(folder.resolve("first.csv"), lines.subList(0, 1 + FIRST_ROWS));
    List<String> rest = new ArrayList<>(List.of(lines.get(0)));
    rest.addAll(lines.subList(1 + FIRST_ROWS, lines.size()));
    second = Files.write(folder.resolve("second.csv"), rest);
    firstModel = folder.resolve("models/first");
    secondModel = folder.resolve("models/second");
    run("fit", "--input", first, "--all-numeric", "--model", firstModel);
    run("fit", "--input", second, "--all-numeric", "--model", secondModel);
    Path model = folder.resolve("whole");
    wholeFit = run("fit", "--input", first, second, "--all-numeric", "--model", model);
    whole = described(model);
  }

  @Test
  void mergedModelIsThatOfOneFitToTheLastBit() throws IOException {
    Path merged = folder.resolve("merged");
    Job merge = run("merge", folder.resolve("models/*"), "--model", merged);
    assertEquals(wholeFit.out(), merge.out());
    assertEquals(
        List.of("Merged 2 models of 569 rows", "Saved the model to " + merged),
        merge.err().lines().toList());
    assertEquals(whole, described(merged));
  }

  @Test
  void updatedModelIsThatOfOneFitToTheLastBit() throws IOException {
    Path updated = folder.resolve("updated");
    JsonNode before = described(firstModel);
    Job update = run("update", "--model", firstModel, "--input", second, "--output-model", updated);
    assertEquals(wholeFit.out(), update.out());
    assertEquals(
        List.of("Added rows: 200, 569 in all", "Saved the model to " + updated),
        update.err().lines().toList());
    assertEquals(whole, described(updated));
    assertEquals(before, described(firstModel));
  }

  @Test
  void fitContinuesAModel() throws IOException {
    Path continued = folder.resolve("continued");
    Job fit =
        run(
            "fit",
            "--input",
            second,
            "--all-numeric",
            "--initial-model",
            firstModel,
            "--model",
            continued);
    assertEquals(wholeFit.out(), fit.out());
    assertEquals(whole, described(continued));
  }

  @Test
  void updateReplacesTheModelAndLeavesNothingElse() throws IOException {
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
    JsonNode before = described(model);
    Job update = run("update", "--model", model, "--input", second);
    assertEquals(List.of("model"), Job.names(models));
    JsonNode after = described(model);
    assertNotEquals(before, after);
    assertEquals(1, before.get("numBatchesTracked").intValue());
    assertEquals(2, after.get("numBatchesTracked").intValue());
    assertEquals(0.5, after.get("momentum").doubleValue());
    // Python: statistics.fmean, variance of the 369 and 200 radii; running = 0.5 running + 0.5
    // batch
    assertEquals(
        """
        name         count  missing     mean      std  variance  note
        mean radius    569        0  10.4527  3.03135   9.18911
        running statistics: exponential, momentum 0.5, batches tracked: 2
        """,
        update.out());
  }

  @Test
  void updateThatFailsLeavesTheModelAsItWas() throws IOException {
    Path models = folder.resolve("untouched");
    Path model = models.resolve("model");
    run("merge", firstModel, "--model", model);
    Path other = Files.writeString(folder.resolve("other.csv"), "mean radius,worst area\n1,2\n");
    Job update = Job.run("update", "--model", model, "--input", other);
    assertEquals(1, update.exitCode());
    assertEquals("", update.out());
    assertEquals(
        "batchnorm: Column 'mean texture' does not exist; the dataset has 'mean radius', 'worst "
            + "area'. Set the name of an existing column.\n",
        update.err());
    assertEquals(List.of("model"), Job.names(models));
    assertEquals(described(firstModel), described(model));
  }

  @Test
  void modelsThatDifferAreNamed() throws IOException {
    Path other = folder.resolve("other-eps");
    run("fit", "--input", second, "--all-numeric", "--eps", "0", "--model", other);
    assertMistake(
        firstModel
            + " and "
            + other
            + ": The models cannot be merged: eps is 1.0E-5 in one and 0.0 in the other; expected "
            + "the same. Set it to the same value in both, or fit both alike.",
        "merge",
        firstModel,
        secondModel,
        other,
        "--model",
        folder.resolve("never"));
  }

  @Test
  void modelThatIsGivenTwiceIsNamed() throws IOException {
    assertMistake(
        "Model "
            + folder.resolve("models/../models/first")
            + " is given more than once, so that its rows would count more than once; expected "
            + "each once. Remove the repetition.",
        "merge",
        firstModel,
        folder.resolve("models/../models/first"),
        "--model",
        folder.resolve("never"));
  }

  @Test
  void modelThatDoesNotExistIsNamed() throws IOException {
    assertMistake(
        "Path /no/such/model does not exist; expected a saved BatchNormModel. Check the path.",
        "merge",
        firstModel,
        "/no/such/model",
        "--model",
        folder.resolve("never"));
  }

  private static void assertMistake(String message, Object... args) throws IOException {
    Job job = Job.run(args);
    assertEquals("batchnorm: " + message + "\n", job.err());
    assertEquals(1, job.exitCode());
    assertEquals("", job.out());
    assertEquals(false, Job.names(folder).contains("never"));
  }

  private static Job run(Object... args) {
    Job job = Job.run(args);
    assertEquals(0, job.exitCode(), job.err());
    return job;
  }

  /** All that describe says but for the uid. */
  private static JsonNode described(Path model) throws IOException {
    Job job = run("describe", "--model", model, "--json");
    ObjectNode node = (ObjectNode) new ObjectMapper().readTree(job.out());
    node.remove("uid");
    return node;
  }
}
