package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.testing.Documentation;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.package$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.util.Properties;

/**
 * The documentation's blocks of Java compile and run, its links lead somewhere, and README's
 * figures and versions are those of the project.
 */
class ReadmeTest {
  /** Into the project, not to the web. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");

  private static final Pattern SCRIPT = Pattern.compile("(?<![\\w/])scripts/[a-z][a-z-]*");

  /** A table of times, and the file that it is from. */
  private static final Pattern FIGURES =
      Pattern.compile("<!-- figures of (\\S+) -->\n(.*?)\nEvery case", Pattern.DOTALL);

  /** The version of a jar or a package. */
  private static final Pattern ARTIFACT =
      Pattern.compile("batchnorm-spark-[\\d.]+_[\\d.]+\\d[-:](\\d[\\w.-]*?)(?=\\.jar|[\\s\"`])");

  private static final int LONGEST_README = 200;

  @TempDir Path directory;

  static List<String> snippets() {
    return Documentation.blocks("java");
  }

  static List<Path> files() {
    return Documentation.files();
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void javaSnippetsCompileAndRun(String snippet) throws Exception {
    compile(snippet);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> compiled = loader.loadClass("Snippet");
      compiled.getMethod("run", Dataset.class).invoke(null, frame());
    }
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
        Documentation.blocks("sh").stream()
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
    String version =
        Documentation.text(Path.of("pom.xml"))
            .replaceAll("(?s).*?</artifactId>\\s*<version>(.*?)</.*", "$1");
    assertEquals(
        List.of(),
        ARTIFACT
            .matcher(Documentation.text(file))
            .results()
            .map(found -> found.group(1))
            .filter(found -> !found.equals(version))
            .toList());
  }

  /**
   * Imports go above the class, everything else into a method that has a {@code df} unless the
   * snippet makes one.
   */
  private void compile(String snippet) throws IOException {
    String imports = lines(snippet, true);
    String source =
        imports
            + "\nimport org.apache.spark.sql.Dataset;\nimport org.apache.spark.sql.Row;\n"
            + "public class Snippet {\n"
            + "  public static void run(Dataset<Row> "
            + (snippet.contains("Dataset<Row> df =") ? "given" : "df")
            + ") throws Exception {\n"
            + lines(snippet, false)
            + "\n  }\n}\n";
    Path file = Files.writeString(directory.resolve("Snippet.java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-proc:none", "-cp", System.getProperty("java.class.path")),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file))
            .call();
    assertTrue(compiled, () -> messages + "\n" + source);
  }

  private static String lines(String snippet, boolean imports) {
    return snippet
        .lines()
        .filter(line -> line.startsWith("import ") == imports)
        .collect(Collectors.joining("\n"));
  }

  private static Dataset<Row> frame() {
    SparkSession session = SharedSession.get();
    Dataset<Row> columns =
        session.range(50).select(functions.rand(1).as("a"), functions.randn(2).as("b"));
    return new VectorAssembler()
        .setInputCols(new String[] {"a", "b"})
        .setOutputCol("v")
        .transform(columns);
  }

  private static String readme() {
    return Documentation.text(Path.of("README.md"));
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
