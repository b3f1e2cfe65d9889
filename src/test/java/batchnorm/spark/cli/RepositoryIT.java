package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Documentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.spark.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import scala.util.Properties;

/** The jar in a repository, with its pom, where {@code --packages} finds it. */
class RepositoryIT {
  private static final String GROUP = "io.github.batchnorm-spark";
  private static final String ARTIFACT = "batchnorm-spark-" + line() + "_" + scala();
  private static final String VERSION = Documentation.version();

  /** The build has installed the jar there. */
  private static final Path REPOSITORY = Job.SPARK.resolveSibling("repository").toAbsolutePath();

  private static final Path ARTIFACTS = REPOSITORY.resolve(GROUP.replace('.', '/'));

  private static final String MEAN =
      """
      import batchnorm.spark.BatchNorm;
      import org.apache.spark.sql.SparkSession;

      public class Mean {
        public static void main(String[] arguments) {
          SparkSession spark = SparkSession.builder().getOrCreate();
          System.out.println(
              new BatchNorm()
                  .setInputCol("x")
                  .fit(spark.range(10).selectExpr("double(id) x"))
                  .mean());
        }
      }
      """;

  /** No resolver but those that are given with --repositories. */
  private static final String NO_OTHER_REPOSITORY =
      """
      <ivysettings>
        <settings defaultResolver="none"/>
        <resolvers><chain name="none"/></resolvers>
      </ivysettings>
      """;

  @TempDir static Path folder;

  /** A registry asks for these; Spark is where the jar runs, and nothing else is needed. */
  @Test
  void thePomNamesTheProjectAndNothingOfTheBuild() throws Exception {
    Element pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(pom().toFile())
            .getDocumentElement();
    assertEquals(
        List.of(
            "modelVersion",
            "groupId",
            "artifactId",
            "version",
            "name",
            "description",
            "url",
            "licenses",
            "developers",
            "scm",
            "dependencies"),
        children(pom).map(Element::getTagName).toList());
    assertEquals(List.of(ARTIFACT), texts(pom, "artifactId").limit(1).toList());
    assertEquals(
        List.of("scala-library provided", "spark-mllib_" + scala() + " provided", "picocli true"),
        elements(pom, "dependency")
            .map(
                dependency ->
                    texts(dependency, "artifactId").toList().get(0)
                        + " "
                        + Stream.concat(
                                texts(dependency, "optional"),
                                texts(dependency, "scope")
                                    .filter(scope -> !scope.equals("compile")))
                            .findFirst()
                            .orElse("compile"))
            .toList());
    assertFalse(pom.getTextContent().contains("${"));
  }

  @Test
  void aJobOfSparkSubmitResolvesIt() throws IOException {
    Path home = InstalledSpark.in(folder.resolve("spark"));
    Path settings = Files.writeString(folder.resolve("ivysettings.xml"), NO_OTHER_REPOSITORY);
    ProcessBuilder submit =
        new ProcessBuilder(
            InstalledSpark.submit(home).toString(),
            "--repositories",
            REPOSITORY.toUri().toString(),
            "--packages",
            String.join(":", GROUP, ARTIFACT, VERSION),
            "--conf",
            "spark.jars.ivy=" + folder.resolve("ivy"),
            "--conf",
            "spark.jars.ivySettings=" + settings,
            "--conf",
            "spark.ui.enabled=false",
            "--master",
            "local[2]",
            "--class",
            "Mean",
            job().toString());
    submit.environment().keySet().removeAll(List.of("SPARK_CONF_DIR", "SPARK_SUBMIT_OPTS"));
    submit.environment().putAll(Map.of("SPARK_HOME", home.toString()));
    Job run = Job.runAsIs(submit);
    assertTrue(run.out().endsWith("\n[4.5]\n"), run.out() + run.err());
    assertTrue(run.err().contains("1 artifacts copied"), run.err());
    assertEquals(
        List.of(GROUP + "_" + ARTIFACT + "-" + VERSION + ".jar"),
        Job.names(folder.resolve("ivy/jars")));
  }

  /** A jar of the job alone. */
  private static Path job() throws IOException {
    Path source = Files.writeString(folder.resolve("Mean.java"), MEAN);
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertEquals(0, code);
    Path jar = folder.resolve("job.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("Mean.class"));
      out.write(Files.readAllBytes(folder.resolve("Mean.class")));
    }
    return jar;
  }

  private static Path pom() {
    return ARTIFACTS.resolve(ARTIFACT).resolve(VERSION).resolve(ARTIFACT + "-" + VERSION + ".pom");
  }

  private static Stream<String> texts(Element parent, String name) {
    return children(parent)
        .filter(child -> child.getTagName().equals(name))
        .map(Element::getTextContent);
  }

  private static Stream<Element> elements(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return Stream.iterate(0, i -> i < found.getLength(), i -> i + 1)
        .map(i -> (Element) found.item(i));
  }

  private static Stream<Element> children(Element parent) {
    return elements(parent, "*").filter(child -> child.getParentNode() == parent);
  }

  private static String line() {
    String spark = package$.MODULE$.SPARK_VERSION();
    return spark.startsWith("4.") ? "4" : withoutPatch(spark);
  }

  private static String scala() {
    return withoutPatch(Properties.versionNumberString());
  }

  private static String withoutPatch(String version) {
    return version.replaceAll("\\.\\d+$", "");
  }
}
