package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportIT {
  @TempDir static Path folder;

  private static Path model;

  @BeforeAll
  static void fit() {
    model = folder.resolve("model");
    Job fit =
        Job.run(
            "fit",
            "--input",
            Job.PENGUINS,
            "--all-numeric",
            "--handle-invalid",
            "keep",
            "--model",
            model);
    assertEquals(0, fit.exitCode(), fit.err());
  }

  @Test
  void pageOfAModelAndDataIsOneFile() throws IOException {
    Path page = folder.resolve("pages/penguins.html");
    Job report = Job.run("report", "--model", model, "--input", Job.PENGUINS, "--output", page);
    assertEquals(0, report.exitCode(), report.err());
    assertEquals("", report.out());
    assertEquals("Wrote the report to " + page + "\n", report.err());
    assertEquals(List.of("penguins.html"), Job.names(page.getParent()));
    String html = Files.readString(page);
    assertTrue(html.startsWith("<!DOCTYPE html>"));
    assertTrue(html.contains("\"bill_length_mm\""));
    // The page may be sent to others.
    assertFalse(html.contains(folder.toString()));
  }

  @Test
  void existingFileIsReplacedIfTheUserSaysSo() throws IOException {
    Path page = Files.writeString(folder.resolve("old.html"), "old");
    Job refused = Job.run("report", "--model", model, "--output", page);
    assertEquals(1, refused.exitCode());
    assertEquals(
        "batchnorm: File "
            + page
            + " already exists. Give another --output, or --mode overwrite to replace it.\n",
        refused.err());
    assertEquals("old", Files.readString(page));
    Job replaced = Job.run("report", "--model", model, "--output", page, "--mode", "overwrite");
    assertEquals(0, replaced.exitCode(), replaced.err());
    assertTrue(Files.readString(page).startsWith("<!DOCTYPE html>"));
  }
}
