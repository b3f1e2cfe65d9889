package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need no Spark session run without one, with the same result as with one. */
class BeforeSparkTest {
  private static final String FIXTURES = "src/test/resources/fixtures/";

  private final SparkSession session = SharedSession.get();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "model-format-1, ''",
    "model-format-2, ''",
    "model-format-2, --json",
    "model-format-2, --limit=1",
    "model-format-2, --json --limit=1",
    "model-format-3-cumulative, ''",
    "model-format-3-exponential, --json",
    "spark-3.5/model-format-2, ''",
    "spark-3.5/model-format-3-cumulative, --json"
  })
  void aModelWithoutGroupsIsDescribedAsWithASession(String model, String options)
      throws IOException {
    String[] arguments = ("--model " + FIXTURES + model + " " + options).trim().split(" ");
    String described = InProcess.printed(session, new DescribeCommand(), (Object[]) arguments);
    assertEquals(0, run("run", "describe " + String.join(" ", arguments)), err.toString());
    assertEquals(described, out.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "onnx", "torch"})
  void aModelWithoutGroupsIsExportedAsWithASession(String kind) throws IOException {
    Path with = directory.resolve("with");
    Path without = directory.resolve("without");
    String export =
        "--model " + FIXTURES + "model-format-3-exponential --to " + kind + " --output ";
    InProcess.run(session, new ExportCommand(), (Object[]) (export + with).split(" "));
    assertEquals(0, run("run", "export " + export + without), err.toString());
    assertArrayEquals(Files.readAllBytes(with), Files.readAllBytes(without));
    assertEquals(1, run("run", "export " + export + without));
    assertTrue(err.toString().contains(without.toString()), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "run, describe --model FIXTURES/model-format-3-groups",
    "run, describe --model s3a://bucket/model",
    "run, describe --input no.csv",
    "run, export --model FIXTURES/model-format-3-groups --to json --output target/none.json",
    "run, export --model FIXTURES/model-format-2 --to json --output s3a://bucket/model.json",
    "run, merge a b --model m",
    "check, describe --model FIXTURES/model-format-2"
  })
  void allElseNeedsSpark(String what, String command) {
    assertEquals(
        BeforeSpark.NEEDS_SPARK, run(what, command.replace("FIXTURES/", FIXTURES)), err.toString());
    assertEquals("", out.toString() + err);
  }

  @Test
  void whatIsWrongWithAModelIsToldAsWithASession() throws IOException {
    Path model = directory.resolve("model");
    String describe = "describe --model " + model;
    assertToldAsWithASession(describe);
    FileUtils.copyDirectory(Path.of(FIXTURES, "model-format-2").toFile(), model.toFile());
    FileUtils.cleanDirectory(model.resolve("data").toFile());
    assertToldAsWithASession(describe);
  }

  private void assertToldAsWithASession(String command) {
    err.getBuffer().setLength(0);
    assertEquals(1, run("run", command));
    String[] options = command.substring(command.indexOf(' ') + 1).split(" ");
    Exception told =
        assertThrows(
            IllegalArgumentException.class,
            () -> InProcess.printed(session, new DescribeCommand(), (Object[]) options));
    assertEquals(
        FailureReport.PREFIX + FailureReport.message(told) + System.lineSeparator(),
        err.toString());
  }

  /** Runs a command where there is no session, and requires that none is there then. */
  private int run(String what, String command) {
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    try {
      int code =
          BeforeSpark.run(
              (what + " " + command).split(" "),
              new PrintWriter(out, true),
              new PrintWriter(err, true));
      assertTrue(SparkSession.getDefaultSession().isEmpty());
      return code;
    } finally {
      SparkSession.setActiveSession(session);
      SparkSession.setDefaultSession(session);
    }
  }
}
