package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and folders whose names have characters that mean something to Hadoop or to Spark. */
class OddNamesTest {
  private static final String ONE_AND_THREE = "x\n1\n3\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data[1]",
        "data [2]",
        "{a,b}",
        "a*b",
        "what?",
        "a%20b",
        "50%",
        "a#b",
        "a=1",
        "b&c+d",
        "größe",
        "back\\slash"
      })
  void everythingHasTheNameThatIsGiven(String name) throws IOException {
    // What the names would stand for as patterns.
    for (String other : List.of("data1", "data 2", "a", "b", "a1b", "whatx", "a b", "backslash")) {
      write("in/" + other + ".csv", "x\n70\n90\n");
    }
    Path input = write("in/" + name + ".csv", ONE_AND_THREE);
    Path model = folder.resolve("m " + name);
    Path output = folder.resolve("o " + name);
    run(
        new FitTransformCommand(),
        "--input",
        input,
        "--all-numeric",
        "--model",
        model,
        "--output",
        output);
    run(new UpdateCommand(), "--model", model, "--input", output, "--output-model", model + "2");
    run(
        new ReportCommand(),
        "--model",
        model + "2",
        "--output",
        folder.resolve("r " + name + ".html"));
    assertEquals(
        List.of("in", "m " + name, "m " + name + "2", "o " + name, "r " + name + ".html"), names());
    BatchNormModel updated = BatchNormModel.load(model + "2");
    assertEquals(4, updated.count());
    // 1, 3, -1 and 1
    assertEquals(1, updated.mean().apply(0));
  }

  /** To Spark each of several names that look like patterns stands for all of them. */
  @Test
  void severalFilesAreReadOnceEach() throws IOException {
    Path model = folder.resolve("model");
    run(
        new FitCommand(),
        "--input",
        write("in/data[1].csv", ONE_AND_THREE),
        write("in/{a,b}.csv", ONE_AND_THREE),
        write("in/back\\slash.csv", ONE_AND_THREE),
        write("in/plain.csv", ONE_AND_THREE),
        "--all-numeric",
        "--model",
        model);
    assertEquals(8, BatchNormModel.load(model.toString()).count());
  }

  @ParameterizedTest
  @CsvSource({
    "a.csv, 2",
    "[a-c].csv, 4",
    "'{a,c}.csv', 4",
    "?.csv, 4",
    "../*/a.csv, 2",
    "'{a,../other/d}.csv', 4",
  })
  void filesBesideTheInputMayHaveColons(String input, long rows) throws IOException {
    write("in/a.csv", ONE_AND_THREE);
    write("in/c.csv", ONE_AND_THREE);
    write("other/d.csv", ONE_AND_THREE);
    write("in/run_12:30.csv", ONE_AND_THREE);
    write("12:30/b.csv", ONE_AND_THREE);
    Path model = folder.resolve("model");
    run(
        new FitCommand(),
        "--input",
        folder.resolve("in") + "/" + input,
        "--all-numeric",
        "--model",
        model);
    assertEquals(rows, BatchNormModel.load(model.toString()).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"in/run_12:30.csv", "in", "in/*.csv"})
  void fileThatHadoopCannotReadIsNamed(String input) throws IOException {
    write("in/a.csv", ONE_AND_THREE);
    write("in/run_12:30.csv", ONE_AND_THREE);
    assertEquals(
        "File 'run_12:30.csv' has a colon in its name; Hadoop cannot read such local files. Rename "
            + "it, or name the other files.",
        FailureReport.message(
            assertThrows(
                Exception.class,
                () -> run(new DescribeCommand(), "--input", folder.resolve(input)))));
  }

  @ParameterizedTest
  @CsvSource({
    "_train.csv, _train.csv, in/_train.csv",
    ".train.csv, .train.csv, in/.train.csv",
    "_train.csv, _train.csv, in/_*.csv",
    "_train.csv, _train.csv, in",
    "_t/a.csv, _t, in",
  })
  void inputThatSparkHidesIsNamed(String file, String name, String input) throws IOException {
    write("in/" + file, ONE_AND_THREE);
    String path = folder.resolve(input).toString();
    assertEquals(
        "Path "
            + path
            + " has no file that Spark reads: it ignores names that begin with _ or a dot, such as '"
            + name
            + "'. Rename the file.",
        assertThrows(
                IllegalArgumentException.class, () -> run(new DescribeCommand(), "--input", path))
            .getMessage());
  }

  /** Spark reads a folder that is named, and the folders of partitions. */
  @ParameterizedTest
  @ValueSource(strings = {"_in", "_day=1", ".in", "in"})
  void foldersThatSparkReadsAreRead(String name) throws IOException {
    write(name + "/a.csv", ONE_AND_THREE);
    write(name + "/_SUCCESS", "");
    run(new DescribeCommand(), "--input", folder.resolve(name));
  }

  @Test
  void charactersThatTheLocaleLacksAreToldWithTheLocale() {
    PlatformText.requireName("/data/größe.csv", "UTF-8");
    assertEquals(
        "Path /data/größe.csv has characters that the locale of this process (LC_ALL, LANG; encoding "
            + "ANSI_X3.4-1968) does not have; expected a locale of UTF-8. Set LC_ALL=C.UTF-8, and run "
            + "the command again.",
        assertThrows(
                IllegalArgumentException.class,
                () -> PlatformText.requireName("/data/größe.csv", "ANSI_X3.4-1968"))
            .getMessage());
  }

  private Path write(String name, String text) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private static void run(SparkCommand command, Object... args) throws IOException {
    InProcess.run(SharedSession.get(), command, args);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
