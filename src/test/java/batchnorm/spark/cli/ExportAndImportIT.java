package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar exports and imports. */
class ExportAndImportIT {
  private static final String COLUMNS = "bill_length_mm,body_mass_g";

  @TempDir static Path folder;

  private static Path model;

  @BeforeAll
  static void fit() {
    model = folder.resolve("model");
    run(
        "fit",
        "--input",
        Job.PENGUINS,
        "--columns",
        COLUMNS,
        "--handle-invalid",
        "keep",
        "--model",
        model);
  }

  @Test
  void onnxRuntimeMapsAsTransformDoes() throws Exception {
    Path file = folder.resolve("model.onnx");
    Job job = run("export", "--model", model, "--to", "onnx", "--output", file);
    assertEquals("Exported the model to " + file + "\n", job.err());
    Path normalized = folder.resolve("normalized");
    run(
        "transform",
        "--model",
        model,
        "--input",
        Job.PENGUINS,
        "--output",
        normalized,
        "--output-format",
        "csv");
    var before = Job.readCsv(Job.PENGUINS);
    var after = Job.readCsv(normalized);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString())) {
      for (String column : COLUMNS.split(",")) {
        int at = java.util.Arrays.asList(before.get(0)).indexOf(column);
        for (int i = 1; i < 20; i++) {
          if (before.get(i)[at].isEmpty() || before.get(i)[at].equals("NA")) {
            continue;
          }
          double[][] value = {{Double.parseDouble(before.get(i)[at])}};
          try (OnnxTensor input = OnnxTensor.createTensor(environment, value);
              OrtSession.Result result =
                  session.run(Map.of(COLUMNS.split(",")[0], input, COLUMNS.split(",")[1], input))) {
            double[][] found = (double[][]) result.get(column + "_output").orElseThrow().getValue();
            assertEquals(Double.parseDouble(after.get(i)[at]), found[0][0]);
          }
        }
      }
    }
  }

  @Test
  void jsonComesBackAsTheSameModel() throws IOException {
    Path file = folder.resolve("model.json");
    Path imported = folder.resolve("from-json");
    run("export", "--model", model, "--to", "json", "--output", file);
    Job job = run("import", "--from", "json", "--input", file, "--model", imported);
    assertEquals("Saved the model to " + imported + "\n", job.err());
    Path again = folder.resolve("again.json");
    run("export", "--model", imported, "--to", "json", "--output", again);
    assertEquals(normalization(file), normalization(again));
  }

  /** Returns a JSON model without what an import forgets. */
  private static String normalization(Path json) throws IOException {
    return Files.readString(json)
        .replaceAll("\"(rows|count|missing)\" : \\d+", "")
        .replaceAll(",\\s+\"(min|max)\" : [-.\\dE]+", "");
  }

  @Test
  void aLayerOfANetworkIsAppliedToColumns() throws IOException {
    String network =
        Objects.requireNonNull(
                getClass().getResource("/fixtures/safetensors/network-float16.safetensors"))
            .getPath();
    Path imported = folder.resolve("from-torch");
    run(
        "import",
        "--from",
        "torch",
        "--input",
        network,
        "--columns",
        "a,b,c",
        "--eps",
        "0",
        "--model",
        imported);
    Path data = Files.writeString(folder.resolve("data.csv"), "a,b,c\n2.5,-1024.25,3\n");
    Path output = folder.resolve("applied");
    run(
        "transform",
        "--model",
        imported,
        "--input",
        data,
        "--output",
        output,
        "--output-format",
        "csv");
    assertArrayEquals(new String[] {"1.0", "-1.0", "0.0"}, Job.readCsv(output).get(1));
  }

  @Test
  void mistakesAreSaid() throws IOException {
    Path file = Files.writeString(folder.resolve("there"), "");
    assertMistake(
        "File "
            + file
            + " already exists. Give another --output, or --mode overwrite to replace it.",
        "export",
        "--model",
        model,
        "--to",
        "torch",
        "--output",
        file);
    String layer =
        Objects.requireNonNull(
                getClass().getResource("/fixtures/safetensors/layer-float32.safetensors"))
            .getPath();
    assertMistake(
        "File "
            + layer
            + " does not say which columns its 3 features are. Name them with --columns, or the "
            + "column that holds all with --vector-column.",
        "import",
        "--from",
        "torch",
        "--input",
        layer,
        "--model",
        folder.resolve("never"));
    assertMistake(
        "--columns names 2 columns and file "
            + layer
            + " has 3 features; expected a column for each, in their order. Name them.",
        "import",
        "--from",
        "torch",
        "--input",
        layer,
        "--columns",
        "a,b",
        "--model",
        folder.resolve("never"));
  }

  /** Classes of picocli are relocated, with its licence; all others are ours. */
  @Test
  void theJarBringsNoClassThatSparkCouldSee() throws IOException {
    try (Stream<Path> files = Files.list(Job.SPARK.getParent());
        JarFile jar =
            new JarFile(files.filter(ExportAndImportIT::isJar).toList().get(0).toFile())) {
      assertEquals(
          List.of(),
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".class") && !name.startsWith("batchnorm/spark/"))
              .toList());
      assertEquals(
          Set.of("picocli"),
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith("batchnorm/spark/shaded/") && name.endsWith(".class"))
              .map(name -> name.split("/")[3])
              .collect(Collectors.toSet()));
      for (String name : new String[] {"META-INF/LICENSE", "META-INF/NOTICE"}) {
        assertTrue(jar.getEntry(name) != null, name);
      }
    }
  }

  private static boolean isJar(Path file) {
    return file.getFileName().toString().matches("batchnorm-spark-.*(?<!-sources|-javadoc)\\.jar");
  }

  private static void assertMistake(String text, Object... args) {
    Job job = Job.run(args);
    assertEquals("batchnorm: " + text + "\n", job.err());
    assertEquals(1, job.exitCode());
  }

  private static Job run(Object... args) {
    Job job = Job.run(args);
    assertEquals(0, job.exitCode(), job.err());
    return job;
  }
}
