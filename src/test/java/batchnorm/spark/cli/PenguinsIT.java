package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table with missing values: two of 344 rows have none of the four measurements. */
class PenguinsIT {
  private static final int ROWS = 344;
  private static final int MEASURED_ROWS = 342;

  @TempDir static Path folder;

  private static Job fit;

  @BeforeAll
  static void fitWithAConfigFile() throws IOException {
    Path config =
        Files.write(
            folder.resolve("my job.properties"),
            List.of(
                "input = " + Job.PENGUINS,
                "columns = *_mm, body_mass_g",
                "handle-invalid = keep",
                "eps = 1",
                "model = " + folder.resolve("model")));
    fit = Job.run("fit", "--config", config, "--eps", "0");
  }

  @Test
  void fitPrintsTheStatisticsAndCountsTheMissing() {
    assertEquals(0, fit.exitCode(), fit.err());
    // Python's statistics.fmean, pstdev and pvariance of the measured penguins
    assertEquals(
        """
        name               count  missing     mean      std  variance   min   max  note
        bill_length_mm       342        2  43.9219   5.4516   29.7199  32.1  59.6
        bill_depth_mm        342        2  17.1512   1.9719   3.88841  13.1  21.5
        flipper_length_mm    342        2  200.915  14.0411   197.154   172   231
        body_mass_g          342        2  4201.75  800.781    641251  2700  6300
        """,
        fit.out());
  }

  @Test
  void keepLeavesMissingCellsMissing() throws IOException {
    Path output = folder.resolve("kept");
    Job transform =
        Job.run(
            "transform",
            "--model",
            folder.resolve("model"),
            "--input",
            Job.PENGUINS,
            "--output",
            output);
    assertEquals(0, transform.exitCode(), transform.err());
    List<String[]> rows = Job.readCsv(output);
    assertEquals(1 + ROWS, rows.size());
    // The fourth penguin was not measured.
    assertEquals(List.of("Adelie", "Torgersen", "", "", "", "", "", "2007"), List.of(rows.get(4)));
  }

  @Test
  void skipDropsRowsWithMissingCells() throws IOException {
    Path output = folder.resolve("skipped");
    Job transform =
        Job.run(
            "transform",
            "--model",
            folder.resolve("model"),
            "--input",
            Job.PENGUINS,
            "--handle-invalid",
            "skip",
            "--output",
            output);
    assertEquals(0, transform.exitCode(), transform.err());
    assertEquals(1 + MEASURED_ROWS, Job.readCsv(output).size());
  }

  @Test
  void refusedRowFailsInOneLineAndLeavesTheOldResult() throws IOException {
    Path results = Files.createDirectories(folder.resolve("results"));
    Path output = Files.createDirectories(results.resolve("normalized"));
    Files.writeString(output.resolve("part-0.csv"), "old");
    Job transform =
        Job.process(
            List.of(),
            "transform",
            "--model",
            folder.resolve("model"),
            "--input",
            Job.PENGUINS,
            "--handle-invalid",
            "error",
            "--mode",
            "overwrite",
            "--output",
            output);
    assertEquals(1, transform.exitCode());
    assertEquals(
        "batchnorm: Column 'bill_length_mm' has a missing value (null or NaN); "
            + "--handle-invalid is 'error'. Give --handle-invalid skip to drop such rows or "
            + "--handle-invalid keep to keep them missing, or clean the data.\n",
        transform.err());
    assertEquals("", transform.out());
    assertEquals(List.of("normalized"), Job.names(results));
    assertEquals("old", Files.readString(output.resolve("part-0.csv")));
  }

  @Test
  void fitThatFailsLeavesNoModel() throws IOException {
    Path models = Files.createDirectories(folder.resolve("models"));
    Job refused =
        Job.run(
            "fit", "--input", Job.PENGUINS, "--all-numeric", "--model", models.resolve("model"));
    assertEquals(1, refused.exitCode());
    assertEquals(
        "Left out, as not numeric: 'species' (string), 'island' (string), 'sex' (string)\n"
            + "batchnorm: Column 'bill_length_mm' has 2 missing (null or NaN) and 0 infinite values; "
            + "--handle-invalid is 'error'. Other columns with such values: 3. Give --handle-invalid "
            + "skip to drop such rows or --handle-invalid keep to ignore such values, or clean the "
            + "data.\n",
        refused.err());
    assertEquals(List.of(), Job.names(models));
  }
}
