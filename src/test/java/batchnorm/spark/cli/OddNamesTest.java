package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and folders whose names have characters that mean something in patterns or addresses. */
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
        "a+b",
        "a=1",
        "b&c",
        "größe",
        "back\\slash"
      })
  void everythingIsReadAndWrittenUnderTheNamesThatAreGiven(String name) throws IOException {
    Path in = folder.resolve("in");
    Files.createDirectories(in);
    Path input = Files.writeString(in.resolve(name + ".csv"), ONE_AND_THREE);
    // What the names would stand for as patterns.
    for (String other :
        new String[] {"data1", "data 2", "a", "b", "a1b", "whatx", "a b", "backslash"}) {
      Files.writeString(in.resolve(other + ".csv"), "x\n70\n90\n");
    }
    Path model = folder.resolve("model " + name);
    Path output = folder.resolve("out " + name);
    Path report = folder.resolve(name + ".html");
    run(new FitCommand(), "--input", input, "--all-numeric", "--model", model);
    run(new TransformCommand(), "--model", model, "--input", input, "--output", output);
    run(new UpdateCommand(), "--model", model, "--input", output, "--handle-invalid", "keep");
    run(new ReportCommand(), "--model", model, "--input", input, "--output", report);
    assertEquals(Set.of("in", "model " + name, "out " + name, name + ".html"), names(folder));
  }

  private void run(SparkCommand command, Object... args) throws IOException {
    InProcess.run(SharedSession.get(), command, args);
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .collect(java.util.stream.Collectors.toCollection(TreeSet::new));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.csv", "*.csv", "", "{a,c}.csv", "./a.csv", "run_12:30.csv", "run_*.csv"})
  void filesBesideTheInputMayHaveColons(String input) throws IOException {
    Files.writeString(folder.resolve("a.csv"), ONE_AND_THREE);
    Files.writeString(folder.resolve("run_12:30.csv"), ONE_AND_THREE);
    Path model = folder.resolve("m");
    run(new FitCommand(), "--input", folder + "/" + input, "--all-numeric", "--model", model);
    assertEquals(
        input.equals("*.csv") || input.isEmpty() ? 4 : 2,
        BatchNormModel.load(model.toString()).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"_train.csv", ".hidden.csv"})
  void hiddenInputIs(String input) throws IOException {
    Files.writeString(folder.resolve(input), ONE_AND_THREE);
    Path model = folder.resolve("m");
    run(new FitCommand(), "--input", folder + "/" + input, "--all-numeric", "--model", model);
  }

  @ParameterizedTest
  @ValueSource(strings = {"_train.csv", ".hidden.csv"})
  void hiddenFolders(String input) throws IOException {
    Files.createDirectories(folder.resolve("in"));
    Files.writeString(folder.resolve("in").resolve(input), ONE_AND_THREE);
    Path model = folder.resolve("m");
    run(
        new FitCommand(),
        "--input",
        folder + "/in",
        "--format",
        "csv",
        "--all-numeric",
        "--model",
        model);
  }

  @ParameterizedTest
  @ValueSource(strings = {"_train", ".hidden", "_x=1"})
  void hiddenFolderItself(String input) throws IOException {
    Files.createDirectories(folder.resolve(input));
    Files.writeString(folder.resolve(input).resolve("a.csv"), ONE_AND_THREE);
    Path model = folder.resolve("m");
    run(new FitCommand(), "--input", folder + "/" + input, "--all-numeric", "--model", model);
  }
}
