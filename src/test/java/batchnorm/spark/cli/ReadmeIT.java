package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Documentation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The blocks of shell of a page run as printed, in their order, in an empty folder with
 * scripts/batchnorm on the path, or are listed here with the reason.
 */
class ReadmeIT {
  private static final Path BENCHMARKS = page("benchmarks.md");
  private static final Path BUILDING = page("building.md");
  private static final Path CLUSTERS = page("clusters.md");
  private static final Path COMMAND_LINE = page("command-line.md");
  private static final Path CONTRIBUTING = Path.of(".github", "CONTRIBUTING.md");
  private static final Path PROMISES = page("promises.md");
  private static final Path PYTHON = page("python.md");
  private static final Path RELEASING = page("releasing.md");
  private static final Path REPORT = page("report.md");
  private static final Path SQL = page("sql.md");

  private static final String BUILDS = "builds the project, as .ci/run does";
  private static final String PIP = "installs the wheel, as scripts/test-python does";
  private static final String SUBMITS = "needs the reader's job; RepositoryIT submits one";
  private static final String CLUSTER = "needs a cluster";
  private static final String REGISTRY = "needs a registry";
  private static final String PUBLISHES = "changes the version or publishes it";

  /** Blocks that do not run, by their first words. */
  private static final List<Exempt> NOT_RUN =
      List.of(
          new Exempt(Documentation.README, "scripts/quickstart ", BUILDS),
          new Exempt(Documentation.README, "pip install ", PIP),
          new Exempt(CONTRIBUTING, "scripts/quickstart ", BUILDS),
          new Exempt(BENCHMARKS, "scripts/bench ", "takes a quarter of an hour or more"),
          new Exempt(BUILDING, "mvn package ", BUILDS),
          new Exempt(BUILDING, "tar ", "unpacks into /opt; ReleaseIT unpacks elsewhere"),
          new Exempt(BUILDING, "mvn install ", BUILDS),
          new Exempt(CLUSTERS, "spark-submit --jars ", SUBMITS),
          new Exempt(CLUSTERS, "export SPARK_HOME=", CLUSTER),
          new Exempt(CLUSTERS, "spark-submit --repositories ", SUBMITS),
          new Exempt(CLUSTERS, "aws ", CLUSTER),
          new Exempt(CLUSTERS, "gcloud ", CLUSTER),
          new Exempt(CLUSTERS, "spark-submit --master k8s:", CLUSTER),
          new Exempt(COMMAND_LINE, "batchnorm fit --input sales/ ", REGISTRY),
          new Exempt(PROMISES, "scripts/cluster-test ", "takes minutes; scripts/test runs it"),
          new Exempt(PYTHON, "pip install ", PIP),
          new Exempt(RELEASING, "grep ", PUBLISHES),
          new Exempt(RELEASING, "mvn -Prelease clean deploy ", PUBLISHES),
          new Exempt(RELEASING, "mvn -Prelease,central deploy ", PUBLISHES),
          new Exempt(RELEASING, "scripts/wheel\ntwine ", PUBLISHES),
          new Exempt(SQL, "spark-sql ", "a shell for Hive; ExactAggregatesTest has the extension"));

  /** Pages that continue the commands of another one. */
  private static final Map<Path, Path> CONTINUED =
      Map.of(COMMAND_LINE, Documentation.README, REPORT, COMMAND_LINE);

  /** A block that does not run, and the reason. */
  private record Exempt(Path page, String start, String reason) {
    boolean matches(Path other, String block) {
      return page.equals(other) && block.startsWith(start);
    }
  }

  @TempDir Path folder;

  /** Each page with those that continue it, if one of their blocks runs. */
  static List<List<Path>> sequences() {
    List<List<Path>> sequences = new ArrayList<>();
    for (Path page : Documentation.files()) {
      if (!CONTINUED.containsKey(page)) {
        List<Path> sequence = new ArrayList<>(List.of(page));
        CONTINUED.keySet().stream()
            .sorted()
            .filter(next -> CONTINUED.get(next).equals(sequence.get(sequence.size() - 1)))
            .forEach(sequence::add);
        if (!commands(sequence).isEmpty()) {
          sequences.add(sequence);
        }
      }
    }
    return sequences;
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void commandsRunAsPrinted(List<Path> pages) throws IOException {
    Path working = Files.createDirectory(folder.resolve("working"));
    // Each command is traced, so that a failure tells which one it was.
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-ex", "-c", commands(pages)).directory(working.toFile());
    bash.environment()
        .merge(
            "PATH",
            Job.SCRIPT.getParent().toString(),
            (path, scripts) -> path + File.pathSeparator + scripts);
    Job job = Job.run(bash);
    assertEquals(0, job.exitCode(), job.err());
    if (pages.contains(COMMAND_LINE)) {
      assertTrue(job.out().contains("bill_length_mm"), job.out());
      assertTrue(Files.exists(working.resolve("restored.parquet").resolve("_SUCCESS")));
    }
  }

  @Test
  void theGuidesOfTheCommandLineRun() {
    List<Path> run = sequences().stream().flatMap(List::stream).toList();
    assertTrue(
        run.containsAll(List.of(Documentation.README, COMMAND_LINE, REPORT, CLUSTERS)),
        run.toString());
  }

  @Test
  void everyBlockThatDoesNotRunExists() {
    for (Exempt exempt : NOT_RUN) {
      assertEquals(
          1,
          blocks(exempt.page()).filter(block -> exempt.matches(exempt.page(), block)).count(),
          exempt.toString());
    }
  }

  @Test
  void pagesThatContinueAnotherLinkToIt() {
    CONTINUED.forEach(
        (page, before) -> {
          String link = "(" + page.getParent().relativize(before) + ")";
          assertTrue(Documentation.text(page).contains(link), page.toString());
        });
  }

  private static String commands(List<Path> pages) {
    StringBuilder commands = new StringBuilder();
    for (Path page : pages) {
      blocks(page)
          .filter(block -> NOT_RUN.stream().noneMatch(entry -> entry.matches(page, block)))
          .forEach(commands::append);
    }
    return commands.toString();
  }

  private static Stream<String> blocks(Path page) {
    return Documentation.blocks(page, "sh").stream();
  }

  private static Path page(String name) {
    return Documentation.PAGES.resolve(name);
  }
}
