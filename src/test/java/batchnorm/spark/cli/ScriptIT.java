package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptIT {
  private static final Path SCRIPT = Path.of("scripts", "batchnorm").toAbsolutePath().normalize();

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

  @Test
  void saysHowToBuildWhereTheJarIsMissing() throws IOException {
    Path scripts = Files.createDirectories(folder.toRealPath().resolve("scripts"));
    Path copy = Files.copy(SCRIPT, scripts.resolve("batchnorm"));
    Job job = Job.run(new ProcessBuilder("bash", copy.toString(), "--version"));
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

  @Test
  void runsTheSparkSubmitOfSparkHomeWithWhatFollowsTheDashes() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path submit =
        Files.writeString(
            bin.resolve("spark-submit"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 3\n");
    assertTrue(submit.toFile().setExecutable(true));
    ProcessBuilder process =
        new ProcessBuilder(
            SCRIPT.toString(), "fit", "--columns", "a b,c*", "--", "--conf", "k=v w");
    process.environment().put("SPARK_HOME", folder.toString());
    Job job = Job.runAsIs(process);
    assertEquals(3, job.exitCode());
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
                \\S*/target/batchnorm-spark_\\S*.jar
                fit
                --columns
                a b,c\\*
                """),
        job.out());
  }
}
