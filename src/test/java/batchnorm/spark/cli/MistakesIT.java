package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's mistake ends with exit code 1 or 2 and one line that says what to do. */
class MistakesIT {
  @TempDir Path folder;

  @Test
  void missingColumnIsNamed() throws IOException {
    Path small = Files.writeString(folder.resolve("small.csv"), "a,b\n1,2\n3,4\n");
    assertMistake(
        "Column 'c' does not exist; the dataset has 'a', 'b'. Set the name of an existing column.",
        "fit",
        "--input",
        small,
        "--columns",
        "a,c",
        "--model",
        folder.resolve("model"));
    assertEquals(List.of("small.csv"), Job.names(folder));
  }

  @Test
  void inputThatDoesNotExistIsNamed() {
    assertMistake(
        "Path /no/such.csv does not exist; expected data to read. Check --input.",
        "describe",
        "--input",
        "/no/such.csv");
  }

  @Test
  void folderThatIsNoModelIsNamed() {
    assertMistake(
        "Path "
            + folder
            + " is not a saved BatchNormModel: it has no folder 'metadata'. Give the folder that "
            + "fit --model wrote.",
        "describe",
        "--model",
        folder);
  }

  @Test
  void existingOutputIsFoundBeforeTheDataIsRead() throws IOException {
    Path output = Files.createDirectories(folder.resolve("out"));
    Path unreadable = Files.writeString(folder.resolve("broken.parquet"), "this is no Parquet");
    assertMistake(
        "Output "
            + output
            + " already exists. Give another --output, or --mode overwrite to replace it, or --mode "
            + "append to add to it.",
        "fit-transform",
        "--input",
        unreadable,
        "--all-numeric",
        "--output",
        output);
  }

  @Test
  void vectorDoesNotFitIntoCsv() {
    assertMistake(
        "Format csv cannot hold column 'features' of type vector. Write parquet (--output-format "
            + "parquet), or write columns of numbers (--in-place, --suffix or --output-columns).",
        "fit-transform",
        "--input",
        Job.PENGUINS,
        "--columns",
        "year",
        "--output-column",
        "features",
        "--output",
        folder.resolve("out.csv"));
  }

  @Test
  void wrongUsageEndsWithExitCode2() {
    Job job = Job.process(List.of(), "fit", "--inptu", "a.csv");
    assertEquals(2, job.exitCode());
    assertEquals(
        "batchnorm: Unknown options: '--inptu', 'a.csv'", job.err().lines().findFirst().orElse(""));
    assertEquals("", job.out());
  }

  private static void assertMistake(String message, Object... args) {
    Job job = Job.run(args);
    assertEquals("batchnorm: " + message + "\n", job.err());
    assertEquals(1, job.exitCode());
    assertEquals("", job.out());
  }
}
