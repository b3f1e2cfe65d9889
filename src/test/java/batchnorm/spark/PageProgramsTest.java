package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Documentation;
import batchnorm.spark.testing.OwnJvm;
import batchnorm.spark.testing.PageRunner;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The blocks of Java and of Scala run as printed: those of a page are one program, which begins in
 * an empty folder. A page that defines no {@code df} begins with the block of the quickstart that
 * does.
 */
class PageProgramsTest {
  private static final String LINK_TO_DATA = "quickstart.md#the-data-of-these-pages";

  private static final Pattern JAVA_DATA = Pattern.compile("^Dataset<Row> df =", Pattern.MULTILINE);
  private static final Pattern SCALA_DATA = Pattern.compile("^val df =", Pattern.MULTILINE);

  @TempDir Path folder;

  /** One JVM runs all programs, since the start of Spark takes most of the time. */
  @Test
  void blocksOfJavaAndScalaRunInTheOrderOfTheirPage() throws Exception {
    Path sources = Files.createDirectory(folder.resolve("sources"));
    Path classes = Files.createDirectory(folder.resolve("classes"));
    List<String> java = write("java", sources, JAVA_DATA);
    List<String> scala = write("scala", sources, SCALA_DATA);
    assertTrue(java.contains("ReadmeJava") && java.size() >= 8, java.toString());
    assertTrue(scala.contains("ReadmeScala") && scala.size() >= 4, scala.toString());
    compileJava(paths(sources, java, ".java"), classes);
    compileScala(paths(sources, scala, ".scala"), classes);
    OwnJvm.run(
        PageRunner.class,
        List.of(classes),
        Files.createDirectory(folder.resolve("working")),
        folder.resolve("log"),
        Stream.concat(java.stream(), scala.stream()).toList());
  }

  @Test
  void pagesThatNeedTheDataOfTheQuickstartSayWhereItIs() {
    List<Path> silent = new ArrayList<>();
    for (Path page : Documentation.files()) {
      boolean needsData =
          needsData(Documentation.blocks(page, "java"), JAVA_DATA)
              || needsData(Documentation.blocks(page, "scala"), SCALA_DATA);
      if (needsData && !Documentation.text(page).contains("(" + LINK_TO_DATA + ")")) {
        silent.add(page);
      }
    }
    assertEquals(List.of(), silent);
  }

  /** Writes the program of each page that has blocks of a language, and returns their names. */
  private static List<String> write(String language, Path sources, Pattern data)
      throws IOException {
    String dataBlock = Documentation.blocks(Documentation.QUICKSTART, language).get(0);
    List<String> names = new ArrayList<>();
    for (Path page : Documentation.files()) {
      List<String> blocks = Documentation.blocks(page, language);
      if (!blocks.isEmpty()) {
        String program = (needsData(blocks, data) ? dataBlock : "") + String.join("\n", blocks);
        String name = name(page, language);
        Files.writeString(
            sources.resolve(name + "." + language),
            language.equals("java") ? java(name, program) : scala(name, program));
        names.add(name);
      }
    }
    return names;
  }

  private static boolean needsData(List<String> blocks, Pattern data) {
    return !blocks.isEmpty() && blocks.stream().noneMatch(block -> data.matcher(block).find());
  }

  /** Imports are above the class, everything else is in its method. */
  private static String java(String name, String program) {
    return lines(program, true)
        + "\npublic class "
        + name
        + " {\n  public static void run(org.apache.spark.sql.SparkSession session) throws Exception {\n"
        + lines(program, false)
        + "\n  }\n}\n";
  }

  /** The method has what spark-shell has: a session, and its implicit conversions. */
  private static String scala(String name, String program) {
    return "object "
        + name
        + " {\n  def run(spark: org.apache.spark.sql.SparkSession): Unit = {\n"
        + "import spark.implicits._\n"
        + program
        + "\n  }\n}\n";
  }

  private static String lines(String program, boolean imports) {
    return program
        .lines()
        .filter(line -> line.startsWith("import ") == imports)
        .collect(Collectors.joining("\n"));
  }

  private static void compileJava(List<Path> sources, Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                options,
                null,
                compiler
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjectsFromPaths(sources))
            .call();
    assertTrue(compiled, messages::toString);
  }

  /** Compiles by reflection, so that only tests of Scala need the compiler on their class path. */
  private static void compileScala(List<Path> sources, Path classes) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("-classpath", System.getProperty("java.class.path"), "-d", classes.toString()));
    sources.forEach(source -> arguments.add(source.toString()));
    Object compiled =
        Class.forName("scala.tools.nsc.Main")
            .getMethod("process", String[].class)
            .invoke(null, (Object) arguments.toArray(String[]::new));
    assertEquals(true, compiled);
  }

  private static List<Path> paths(Path sources, List<String> names, String ending) {
    return names.stream().map(name -> sources.resolve(name + ending)).toList();
  }

  /** Returns the name of a class: running-statistics.md has RunningStatisticsJava. */
  private static String name(Path page, String language) {
    return Stream.of(
            page.getFileName().toString().toLowerCase().replace(".md", "-" + language).split("\\W"))
        .map(word -> word.substring(0, 1).toUpperCase() + word.substring(1))
        .collect(Collectors.joining());
  }
}
