package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test class runs on some Spark, and the lists of those that run on others name classes. */
class SuitesTest {
  private static final Path TESTS = Path.of("src", "test");
  private static final Pattern TEST =
      Pattern.compile(
          "^ *@(Test|ParameterizedTest|Property|Example|TestFactory)\\b", Pattern.MULTILINE);

  /** Surefire and Failsafe find classes by these names. */
  private static final Pattern NAME_THAT_RUNS = Pattern.compile(".*(Test|IT)\\.java");

  @Test
  void everyClassWithTestsHasANameThatRuns() throws IOException {
    List<Path> withTests = new ArrayList<>();
    for (Path source : sources()) {
      if (TEST.matcher(Files.readString(source)).find()) {
        withTests.add(source);
      }
    }
    assertTrue(withTests.contains(Path.of("src/test/java/batchnorm/spark/SuitesTest.java")));
    assertEquals(
        List.of(),
        withTests.stream()
            .filter(source -> !NAME_THAT_RUNS.matcher(source.getFileName().toString()).matches())
            .toList());
  }

  @Test
  void everyClassOfASuiteExists() throws IOException {
    List<String> names =
        sources().stream().map(source -> "**/" + source.getFileName()).sorted().toList();
    List<String> listed = new ArrayList<>();
    try (Stream<Path> suites = Files.list(TESTS.resolve("suites"))) {
      for (Path suite : suites.toList()) {
        Files.readAllLines(suite).stream()
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .forEach(listed::add);
      }
    }
    assertTrue(listed.contains("**/PathsTest.java"));
    assertEquals(List.of(), listed.stream().filter(line -> !names.contains(line)).toList());
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
