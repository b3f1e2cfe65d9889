package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.package$;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.util.Properties;

/** What the README shows in Java compiles and runs; what it says of the versions is so. */
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  /** Into the project, not to the web. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");

  /** A table of times, and the file that it is from. */
  private static final Pattern FIGURES =
      Pattern.compile("<!-- figures of (\\S+) -->\n(.*?)\nEvery case", Pattern.DOTALL);

  @TempDir Path directory;

  static Stream<String> snippets() throws IOException {
    return JAVA.matcher(readme()).results().map(found -> found.group(1));
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
  void theCommandsOfTheFirstScreenExist() throws IOException {
    String firstScreen = readme().lines().limit(20).collect(Collectors.joining("\n"));
    for (String command : List.of("scripts/quickstart", "scripts/test")) {
      assertTrue(firstScreen.contains(command));
      assertTrue(Files.isExecutable(Path.of(command)));
    }
  }

  @Test
  void linksLeadToFiles() throws IOException {
    List<String> links = LINK.matcher(readme()).results().map(found -> found.group(1)).toList();
    assertTrue(links.contains("src/docs/decisions"), links.toString());
    assertEquals(List.of(), links.stream().filter(link -> !Files.exists(Path.of(link))).toList());
  }

  @Test
  void theCasesOfTheBenchmarkAreInItsHelp() throws IOException {
    String help = Files.readString(Path.of("scripts", "bench"));
    List<String> cases =
        readme()
            .lines()
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

  /** Imports go above the class, everything else into a method that has a {@code df}. */
  private void compile(String snippet) throws IOException {
    String imports = lines(snippet, true);
    String source =
        imports
            + "\nimport org.apache.spark.sql.Dataset;\nimport org.apache.spark.sql.Row;\n"
            + "public class Snippet {\n"
            + "  public static void run(Dataset<Row> df) throws Exception {\n"
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

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  private static String release() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    return pom.replaceAll("(?s).*<maven.compiler.release>(.*?)</.*", "$1");
  }

  private static String withoutPatch(String version) {
    return version.replaceAll("\\.\\d+$", "");
  }

  private static List<String> inTable(String name) throws IOException {
    return readme()
        .lines()
        .filter(line -> line.startsWith("| " + name + " |"))
        .map(line -> Stream.of(line.split("\\|")).skip(2).map(String::strip).toList())
        .findFirst()
        .orElseThrow();
  }
}
