package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.testing.Documentation;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.util.Properties;

/**
 * The documentation's links lead somewhere; its figures, scripts and versions are the project's.
 */
class ReadmeTest {
  /** Into the project, not to the web. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");

  private static final Pattern SCRIPT = Pattern.compile("(?<![\\w/])scripts/[a-z][a-z-]*");

  /** A table of times, and the file that it is from. */
  private static final Pattern FIGURES =
      Pattern.compile("<!-- figures of (\\S+) -->\n(.*?)\nEvery case", Pattern.DOTALL);

  /** The version of a jar or of an artifact, in a command, a name or a pom. */
  private static final Pattern ARTIFACT =
      Pattern.compile(
          "batchnorm-spark-[\\d.]+_[\\d.]+\\d(?:[-:]|</artifactId>\\s*<version>)"
              + "(\\d[\\w.-]*?)(?=\\.jar|-bin\\.|</|[/\\s\"`])");

  /** These tell which version to install. */
  private static final List<Path> PAGES_WITH_VERSIONS =
      List.of(Documentation.README, Documentation.PAGES.resolve("clusters.md"));

  private static final int LONGEST_README = 200;

  static List<Path> files() {
    return Documentation.files();
  }

  @Test
  void theCommandsOfTheFirstScreenExist() {
    String firstScreen = readme().lines().limit(20).collect(Collectors.joining("\n"));
    for (String command : List.of("scripts/quickstart", "scripts/test")) {
      assertTrue(firstScreen.contains(command));
      assertTrue(Files.isExecutable(Path.of(command)));
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void scriptsThatAreNamedExist(Path file) {
    assertEquals(
        List.of(),
        SCRIPT
            .matcher(Documentation.text(file))
            .results()
            .map(MatchResult::group)
            .filter(script -> !Files.isExecutable(Path.of(script)))
            .toList());
  }

  @Test
  void theReadmeIsShort() {
    long lines = readme().lines().count();
    assertTrue(lines <= LONGEST_README, lines + " lines");
  }

  @ParameterizedTest
  @MethodSource("files")
  void linksLeadToFiles(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    assertEquals(
        List.of(),
        LINK.matcher(Documentation.text(file))
            .results()
            .map(found -> found.group(1))
            .filter(link -> !Files.exists(folder.resolve(link)))
            .toList());
  }

  /** README leads to every page, in one step or from the page of its subject. */
  @Test
  void everyPageIsLinked() {
    Set<Path> linked = new HashSet<>();
    for (Path file : files()) {
      LINK.matcher(Documentation.text(file))
          .results()
          .map(found -> file.resolveSibling(found.group(1)).normalize())
          .filter(target -> !target.equals(file))
          .forEach(linked::add);
    }
    assertEquals(
        List.of(Path.of("src/docs/index.md")),
        files().stream().skip(1).filter(page -> !linked.contains(page)).toList());
  }

  /** Spark's own methods are documented by Spark, and those of params by the table of params. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        BatchNorm.class,
        BatchNormModel.class,
        RunningBatchNorm.class,
        ModelExport.class,
        FitSummary.class
      })
  void publicMethodsAreDocumented(Class<?> api) {
    Set<String> ofSpark =
        Stream.of(Estimator.class, Model.class, MLWritable.class, Record.class, VoidFunction2.class)
            .flatMap(type -> Stream.of(type.getMethods()))
            .map(Method::getName)
            .collect(Collectors.toCollection(HashSet::new));
    // Spark 4 asks a model for its size.
    ofSpark.addAll(List.of("shared", "estimatedSize"));
    String documented = files().stream().map(Documentation::text).collect(Collectors.joining("\n"));
    assertEquals(
        List.of(),
        Stream.of(api.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
            .map(Method::getName)
            .distinct()
            .filter(name -> !ofSpark.contains(name))
            .map(name -> name.replaceAll("^get([A-Z])", "set$1"))
            .filter(name -> !documented.matches("(?s).*\\b" + name + "\\b.*"))
            .toList());
  }

  @Test
  void theCasesOfTheBenchmarkAreInItsHelp() throws IOException {
    String help = Files.readString(Path.of("scripts", "bench"));
    List<String> cases =
        files().stream()
            .flatMap(file -> Documentation.blocks(file, "sh").stream())
            .flatMap(String::lines)
            .filter(line -> line.startsWith("scripts/bench "))
            .flatMap(line -> Stream.of(line.replaceAll(" *#.*", "").split(" ")).skip(1))
            .toList();
    assertTrue(cases.contains("fit-64"), cases.toString());
    for (String name : cases) {
      assertTrue(help.matches("(?s).*\\s" + name + "\\s.*"), name);
    }
  }

  @Test
  void theFiguresAreThoseOfTheResults() throws IOException {
    MatchResult figures = FIGURES.matcher(readme()).results().findFirst().orElseThrow();
    String results = Files.readString(Path.of(figures.group(1)));
    assertEquals(results.split("<!-- figures -->\n")[1], figures.group(2));
  }

  /** Each line of Spark has a column; this build is for one of them. */
  @Test
  void theVersionsAreThoseOfTheBuild() throws IOException {
    String spark = package$.MODULE$.SPARK_VERSION();
    String scala = Properties.versionNumberString();
    String line = spark.startsWith("4.") ? "4" : withoutPatch(spark);
    int column =
        inTable("jar").indexOf("`batchnorm-spark-" + line + "_" + withoutPatch(scala) + "`");
    assertTrue(column >= 0, line);
    assertTrue(inTable("Spark").get(column).contains(line + ".x"), inTable("Spark").toString());
    assertEquals(withoutPatch(scala), inTable("Scala").get(column));
    assertTrue(inTable("Java").get(column).startsWith(release()), inTable("Java").toString());
  }

  @ParameterizedTest
  @MethodSource("files")
  void jarsAndPackagesAreOfTheVersionOfTheBuild(Path file) {
    List<String> versions = versions(Documentation.text(file));
    assertEquals(
        List.of(),
        versions.stream().filter(found -> !found.equals(Documentation.version())).toList());
    assertTrue(!versions.isEmpty() || !PAGES_WITH_VERSIONS.contains(file));
  }

  @Test
  void everyDependencyOfAPomHasAVersion() {
    List<String> poms =
        files().stream().flatMap(file -> Documentation.blocks(file, "xml").stream()).toList();
    assertFalse(poms.isEmpty());
    for (String pom : poms) {
      assertEquals(List.of(Documentation.version()), versions(pom));
    }
  }

  private static List<String> versions(String text) {
    return ARTIFACT.matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String readme() {
    return Documentation.text(Documentation.README);
  }

  private static String release() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    return pom.replaceAll("(?s).*<maven.compiler.release>(.*?)</.*", "$1");
  }

  private static String withoutPatch(String version) {
    return version.replaceAll("\\.\\d+$", "");
  }

  private static List<String> inTable(String name) {
    return readme()
        .lines()
        .filter(line -> line.startsWith("| " + name + " |"))
        .map(line -> Stream.of(line.split("\\|")).skip(2).map(String::strip).toList())
        .findFirst()
        .orElseThrow();
  }
}
