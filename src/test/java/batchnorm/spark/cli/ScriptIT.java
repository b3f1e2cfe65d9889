package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.package$;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.util.Properties;

class ScriptIT {
  private static final Path SCRIPT = Path.of("scripts", "batchnorm").toAbsolutePath().normalize();

  /** A spark-submit that prints its arguments. */
  private static final String PRINTING = "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 3\n";

  /** A spark-submit that prints the options of Java, and its arguments. */
  private static final String TELLING_OPTIONS = "#!/bin/sh\necho \"$SPARK_SUBMIT_OPTS $*\"\n";

  /** Version of Spark that this build is for. */
  private static final String SPARK = package$.MODULE$.SPARK_VERSION();

  private static final String SCALA = Properties.versionNumberString().replaceAll("\\.\\d+$", "");

  @TempDir Path folder;

  @Test
  void worksThroughALinkFromAnyFolder() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("bn"), SCRIPT);
    Job job = Job.run(new ProcessBuilder(link.toString(), "--version").directory(folder.toFile()));
    Files.delete(link);
    assertEquals(0, job.exitCode(), job.err());
    assertTrue(
        job.out().matches("batchnorm-spark \\d+\\.\\d+\\.\\d+\\S*\nSpark \\d\\S+\n"), job.out());
    assertEquals("", job.err());
  }

  @ParameterizedTest
  @CsvSource({"0, 0, the job", "1, 1, ''"})
  void quickstartSaysWhatTheBuildDownloadsAndItsErrors(int code, int exitCode, String out)
      throws IOException {
    Path scripts = Files.createDirectories(folder.resolve("scripts"));
    Path quickstart =
        Files.copy(SCRIPT.resolveSibling("quickstart"), scripts.resolve("quickstart"));
    executable(scripts.resolve("batchnorm"), "#!/bin/sh\necho the job\n");
    executable(
        folder.resolve("bin/mvn"),
        """
        #!/bin/sh
        echo '[INFO] Scanning for projects...'
        echo '[INFO] Downloading from central: https://repository/a.jar'
        echo '[INFO] Downloaded from central: https://repository/a.jar (1.2 MB at 900 kB/s)'
        echo '[INFO] Downloaded from central: https://repository/b.pom (1.4 kB at 12 kB/s)'
        echo '[INFO] Downloaded from central: https://repository/c.jar (63 MB at 9.1 MB/s)'
        echo '[INFO] --- compiler:3.14.0:compile (default-compile) @ batchnorm-spark ---'
        echo '[ERROR] something is wrong'
        """
            + "exit "
            + code
            + "\n");
    ProcessBuilder process = new ProcessBuilder("bash", quickstart.toString());
    process
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
    Job job = Job.runAsIs(process);
    assertEquals(exitCode, job.exitCode(), job.err());
    assertEquals(out, job.out().strip());
    assertEquals(
        List.of("[ERROR] something is wrong", "  downloaded 3 files, 64 MB in all"),
        job.err().lines().skip(1).limit(2).toList());
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }

  @Test
  void saysHowToBuildWhereTheJarIsMissing() throws IOException {
    Path scripts = Files.createDirectories(folder.toRealPath().resolve("scripts"));
    Path copy = Files.copy(SCRIPT, scripts.resolve("batchnorm"));
    Job job = Job.runWithoutSparkHome(new ProcessBuilder("bash", copy.toString(), "--version"));
    assertEquals(1, job.exitCode());
    Path home = folder.toRealPath();
    assertEquals(
        "batchnorm: The jar is not built. Run "
            + home
            + "/scripts/quickstart, or mvn package in "
            + home
            + ".\n",
        job.err());
  }

  @Test
  void takesTheSparkOfTheBuildWhereNoneIsSet() {
    Job job = Job.runWithoutSparkHome(new ProcessBuilder(SCRIPT.toString(), "--version"));
    assertEquals(0, job.exitCode(), job.err());
    assertTrue(job.out().matches("batchnorm-spark \\S+\nSpark \\d\\S+\n"), job.out());
  }

  @ParameterizedTest
  @CsvSource({
    "2.13, 4.0.1, mvn package",
    "2.13, 4.1.0.databricks-1, mvn package",
    "2.13, 4.10.2-amzn-0, mvn package",
    "2.12, 3.5.7, mvn -Pspark-3.5 package"
  })
  void saysHowToBuildTheJarForTheSparkOfSparkHome(String scala, String spark, String build)
      throws IOException {
    Path home = folder.toRealPath();
    String line = spark.startsWith("4") ? "3.5_2.12" : "4_2.13";
    Path copy = copyBesideTheJarFor(line, home);
    ProcessBuilder process = new ProcessBuilder("bash", copy.toString(), "--version");
    process.environment().put("SPARK_HOME", spark("spark-core_" + scala + "-" + spark));
    Job job = Job.runAsIs(process);
    assertEquals(1, job.exitCode());
    assertEquals(
        "batchnorm: The jar for Spark %s (Scala %s) is not built. Run %s in %s.\n"
            .formatted(spark, scala, build, home),
        job.err());
  }

  @ParameterizedTest
  @CsvSource({"2.13, 5.0.0", "2.13, 40.1.0", "2.13, 3.5.7", "2.12, 3.4.4", "2.12, 3.50.1"})
  void refusesAnotherSpark(String scala, String spark) throws IOException {
    ProcessBuilder process = new ProcessBuilder(SCRIPT.toString(), "--version");
    process.environment().put("SPARK_HOME", spark("spark-core_" + scala + "-" + spark));
    Job job = Job.runAsIs(process);
    assertEquals(1, job.exitCode());
    assertEquals(
        "batchnorm: SPARK_HOME is %s, which is Spark %s for Scala %s; "
                .formatted(folder, spark, scala)
            + "batchnorm-spark is for Spark 4 (Scala 2.13) and 3.5 (Scala 2.12).\n",
        job.err());
  }

  @Test
  void saysThatSparkHomeHasNoSpark() throws IOException {
    ProcessBuilder process = new ProcessBuilder(SCRIPT.toString(), "--version");
    process.environment().put("SPARK_HOME", folder.toString());
    Job job = Job.runAsIs(process);
    assertEquals(1, job.exitCode());
    assertEquals(
        "batchnorm: SPARK_HOME is "
            + folder
            + ", where there is no jars/spark-core_*.jar. Set it to a Spark, or unset it.\n",
        job.err());
  }

  /** A copy of the script in a project that has built one jar. */
  private static Path copyBesideTheJarFor(String line, Path home) throws IOException {
    Path target = Files.createDirectories(home.resolve("target"));
    Files.createFile(target.resolve("batchnorm-spark-" + line + "-1.0.jar"));
    Path scripts = Files.createDirectories(home.resolve("scripts"));
    return Files.copy(SCRIPT, scripts.resolve("batchnorm"));
  }

  @Test
  void saysThatJavaHomeHasNoJava() {
    ProcessBuilder process = new ProcessBuilder(SCRIPT.toString(), "--version");
    process.environment().put("JAVA_HOME", "/no/java");
    Job job = Job.run(process);
    assertEquals(1, job.exitCode());
    assertEquals(
        "batchnorm: JAVA_HOME is /no/java, where there is no bin/java. Set it to a JDK 17, or unset "
            + "it.\n",
        job.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.8.0_432 | 4.1.0 | 1; Spark needs 17",
        "11.0.13 | 4.3.0 | 11; Spark needs 17",
        "25.0.1 | 4.1.0 | 25; Spark 4.1.0 does not start on it"
      })
  void saysThatSparkDoesNotRunOnAJava(String version, String spark, String reason)
      throws IOException {
    Path home = folder.toRealPath();
    Path java =
        Files.writeString(
            Files.createDirectories(home.resolve("java/bin")).resolve("java"),
            "#!/bin/sh\necho 'openjdk version \"" + version + "\"' >&2\n");
    assertTrue(java.toFile().setExecutable(true));
    Path copy = copyBesideTheJarFor("4_2.13", home);
    ProcessBuilder process = new ProcessBuilder("bash", copy.toString(), "--version");
    process.environment().put("SPARK_HOME", spark("spark-core_2.13-" + spark));
    process.environment().put("JAVA_HOME", home.resolve("java").toString());
    Job job = Job.runAsIs(process);
    assertEquals(1, job.exitCode());
    assertEquals(
        "batchnorm: " + java + " is Java " + reason + ". Set JAVA_HOME to a JDK 17.\n", job.err());
  }

  @Test
  void runsTheSparkSubmitOfSparkHomeWithWhatFollowsTheDashes() throws IOException {
    Job job =
        submitted(
            PRINTING,
            new ProcessBuilder(
                SCRIPT.toString(),
                "fit",
                "--input=a.csv",
                "--columns",
                "a b,c*",
                "--model=m",
                "--",
                "--conf",
                "k=v w"));
    assertEquals(3, job.exitCode(), job.err());
    assertTrue(
        job.out()
            .matches(
                """
                --class
                batchnorm.spark.cli.Main
                --conf
                spark.ui.showConsoleProgress=false
                --conf
                k=v w
                \\S*/batchnorm-spark-%s_%s-\\d\\S*.jar
                fit
                --input=a.csv
                --columns
                a b,c\\*
                --model=m
                """
                    .formatted(SPARK.replaceAll("^(4|3\\.5)\\..*", "$1"), SCALA)),
        job.out());
  }

  @ParameterizedTest
  @CsvSource({
    "--version, 0",
    "--help, 0",
    "fit --help, 0",
    "'', 2",
    "fitt, 2",
    "--nope, 2",
    "fit, 2",
    "fit --model m --nope, 2",
    "fit --model m, 2",
    "describe, 2",
    "fit --model m --input=a.csv -x, 2"
  })
  void helpTheVersionAndWrongUsageNeedNoSparkSubmit(String arguments, int exitCode)
      throws IOException {
    Job job =
        submitted(
            PRINTING,
            new ProcessBuilder("bash", "-c", "exec \"$0\" " + arguments, SCRIPT.toString()));
    assertEquals(exitCode, job.exitCode(), job.err());
  }

  @ParameterizedTest
  @CsvSource({
    "describe --model s3a://b/m, true",
    "export --model s3a://b/m --to json --output m.json, true",
    "import --input m.json --from json --model m, true",
    "describe --input a.csv --all-numeric, false",
    "fit --input a.csv --all-numeric --model m, false"
  })
  void commandsThatReadNoDataCompileLessAndHaveNoPage(String arguments, boolean brief)
      throws IOException {
    Job job =
        submitted(
            TELLING_OPTIONS,
            new ProcessBuilder("bash", "-c", "exec \"$0\" " + arguments, SCRIPT.toString()));
    assertEquals(0, job.exitCode(), job.err());
    assertEquals(brief, job.out().contains("-XX:TieredStopAtLevel=1"), job.out());
    assertEquals(brief, job.out().contains("--conf spark.ui.enabled=false"), job.out());
  }

  @Test
  void dataThatAFileOfOptionsNamesAreReadByAllOfJava() throws IOException {
    Path options =
        Files.writeString(folder.resolve("options"), "input = a.csv\nall-numeric = true\n");
    Job job =
        submitted(
            TELLING_OPTIONS,
            new ProcessBuilder(SCRIPT.toString(), "describe", "--config", options.toString()));
    assertEquals(0, job.exitCode(), job.err());
    assertFalse(job.out().contains("-XX:TieredStopAtLevel=1"), job.out());
    assertFalse(job.out().contains("spark.ui.enabled"), job.out());
  }

  @ParameterizedTest
  @CsvSource({
    "'', describe --model MODEL-format-2, 0",
    "'', describe --json --model MODEL-format-1, 0",
    "'', describe --model MODEL-format-0, 1",
    "'', describe --model MODEL-format-3-groups, 3",
    "'', describe --model MODEL-format-2 -- --conf spark.ui.enabled=false, 3",
    "conf/spark-defaults.conf, describe --model MODEL-format-2, 3"
  })
  void localModelsWithoutGroupsNeedNoSparkSubmitUnlessItIsConfigured(
      String configuration, String arguments, int exitCode) throws IOException {
    if (!configuration.isEmpty()) {
      Path file = folder.resolve(configuration);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    String models = Path.of("src", "test", "resources", "fixtures", "model").toAbsolutePath() + "-";
    ProcessBuilder process =
        new ProcessBuilder(
            "bash", "-c", "exec \"$0\" " + arguments.replace("MODEL-", models), SCRIPT.toString());
    Job job = submitted(PRINTING, process);
    assertEquals(exitCode, job.exitCode(), job.err());
    assertEquals(exitCode == 0, job.out().contains("mean radius"), job.out());
  }

  /** Usage that only looks wrong is checked, and then done. */
  @Test
  void valuesThatLookLikeOptionsAreValues() throws IOException {
    Job job =
        submitted(
            PRINTING,
            new ProcessBuilder(
                SCRIPT.toString(), "fit", "--input", "a.csv", "--columns=a", "--model", "-m"));
    assertEquals(3, job.exitCode(), job.err());
    assertEquals("", job.err());
  }

  @Test
  void namesWithUmlautsAreReadInALocaleThatHasNone() {
    ProcessBuilder process =
        new ProcessBuilder(
            "bash", "-c", "exec \"$0\" $'gr\\xc3\\xb6\\xc3\\x9fe'", SCRIPT.toString());
    process.environment().put("LC_ALL", "C");
    Job job = Job.run(process);
    assertEquals(2, job.exitCode());
    assertTrue(job.err().contains("There is no command 'gr\u00f6\u00dfe';"), job.err());
  }

  /** Runs the script with a Spark whose spark-submit is {@code submit}. */
  private Job submitted(String submit, ProcessBuilder process) throws IOException {
    Path file =
        Files.writeString(
            Files.createDirectories(folder.resolve("bin")).resolve("spark-submit"), submit);
    assertTrue(file.toFile().setExecutable(true));
    Path jars = Files.createSymbolicLink(folder.resolve("jars"), Job.SPARK.resolve("jars"));
    process.environment().put("SPARK_HOME", folder.toString());
    Job job = Job.runAsIs(process);
    // Not followed when the folder is deleted.
    Files.delete(jars);
    return job;
  }

  /** A folder that looks like a Spark's, up to where it would have to work. */
  private String spark(String core) throws IOException {
    Files.createFile(Files.createDirectories(folder.resolve("jars")).resolve(core + ".jar"));
    return folder.toString();
  }
}
