package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The release, unpacked somewhere else, on a Spark of SPARK_HOME: no Maven and no sources. */
class ReleaseIT {
  private static final Path TARGET = Job.SPARK.getParent();

  @TempDir static Path folder;

  private static Path release;

  @BeforeAll
  static void unpack() throws IOException {
    Path archive = only(TARGET, "-bin.tar.gz");
    Job tar =
        Job.run(new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString()));
    assertEquals(0, tar.exitCode(), tar.err());
    release = only(folder, "");
  }

  @Test
  void hasWhatUsersNeed() throws IOException {
    String name = release.getFileName().toString();
    assertTrue(
        Job.names(release).containsAll(List.of("LICENSE", "README.md", "conf", "jars", "scripts")));
    assertEquals(List.of("batchnorm"), Job.names(release.resolve("scripts")));
    assertEquals(
        List.of(name + ".cdx.json", name + ".jar"),
        Job.names(release.resolve("jars")),
        "what mvn -o builds has no bill of materials (.cdx.json)");
  }

  /** It names what is there, for whoever has no more than the release. */
  @Test
  void itsReadmeNamesWhatIsInIt() throws IOException {
    String readme = Files.readString(release.resolve("README.md"));
    List<String> named =
        Pattern.compile("(?m)^\\| `(\\S+)` \\|")
            .matcher(readme)
            .results()
            .map(found -> found.group(1))
            .toList();
    assertTrue(named.containsAll(List.of("scripts/batchnorm", "jars/*.jar")), readme);
    for (String pattern : named) {
      Path file = release.resolve(pattern);
      if (!pattern.startsWith("python/")) {
        try (var found =
            Files.newDirectoryStream(file.getParent(), file.getFileName().toString())) {
          assertTrue(found.iterator().hasNext(), pattern);
        }
      }
    }
    // Its links would lead into the repository, which is not here.
    assertFalse(readme.contains("]("), readme);
    assertTrue(readme.contains("scripts/batchnorm fit "), readme);
  }

  @Test
  void carriesThePythonPackageOfItsOwnJar() throws IOException {
    ProcessBuilder pip = new ProcessBuilder("sh", "-c", "python3 -m pip --version");
    Assumptions.assumeTrue(Job.runAsIs(pip).exitCode() == 0, "python3 has no pip");
    Path jar = only(release.resolve("jars"), ".jar");
    try (ZipFile wheel = new ZipFile(only(release.resolve("python"), ".whl").toFile())) {
      List<? extends ZipEntry> jars =
          wheel.stream().filter(entry -> entry.getName().endsWith(".jar")).toList();
      assertEquals(
          List.of("batchnorm/spark/jars/" + jar.getFileName()),
          jars.stream().map(ZipEntry::getName).toList());
      try (InputStream in = wheel.getInputStream(jars.get(0))) {
        assertArrayEquals(Files.readAllBytes(jar), in.readAllBytes());
      }
    }
  }

  @Test
  void theBillOfMaterialsNamesWhatTheJarCarries() throws IOException {
    String bill = Files.readString(only(release.resolve("jars"), ".cdx.json"));
    assertTrue(bill.contains("\"bomFormat\" : \"CycloneDX\""), bill);
    assertTrue(bill.contains("pkg:maven/info.picocli/picocli@"), bill);
    assertTrue(!bill.contains("pkg:maven/org.apache.spark/"), bill);
  }

  @Test
  void fitsAndDescribesOnTheSparkOfSparkHome() throws IOException {
    Path spark = InstalledSpark.in(folder.resolve("spark home"));
    Path model = folder.resolve("model");
    Job fitted =
        release(
            spark,
            "fit",
            "--input",
            Job.PENGUINS.toString(),
            "--columns",
            "bill_*",
            "--handle-invalid",
            "keep",
            "--model",
            model.toString());
    assertEquals(0, fitted.exitCode(), fitted.err());
    Job described = release(spark, "describe", "--model", model.toString());
    assertEquals(0, described.exitCode(), described.err());
    assertEquals(fitted.out(), described.out());
    assertTrue(described.out().contains("\nbill_length_mm "), described.out());
  }

  @Test
  void saysThatItNeedsASpark() {
    Job job = Job.runWithoutSparkHome(process("describe", "--model", "none"));
    assertEquals(1, job.exitCode());
    assertEquals("batchnorm: SPARK_HOME is not set. Set it to the folder of a Spark.\n", job.err());
  }

  private static Job release(Path spark, String... command) {
    ProcessBuilder process = process(command);
    process.environment().keySet().removeAll(List.of("SPARK_CONF_DIR", "SPARK_SUBMIT_OPTS"));
    process.environment().putAll(Map.of("SPARK_HOME", spark.toString(), "MASTER", "local[2]"));
    return Job.runAsIs(process);
  }

  private static ProcessBuilder process(String... command) {
    List<String> words =
        Stream.concat(
                Stream.of(release.resolve("scripts/batchnorm").toString()), Stream.of(command))
            .toList();
    return new ProcessBuilder(words).directory(folder.toFile());
  }

  private static Path only(Path directory, String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(ending)).toList();
      assertEquals(1, found.size(), found.toString());
      return found.get(0);
    }
  }
}
