package batchnorm.spark.cli;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.CountingFiles;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Normalizing data by themselves reads them as often as a fit and a transform do. */
class FitTransformTest {
  private static final String SCHEME = "counted";
  private static final int FILES = 3;

  private final SparkSession session = SharedSession.get();

  @TempDir Path folder;

  @BeforeEach
  void count() {
    Configuration counting = CountingFiles.configuration(SCHEME);
    for (String key : new String[] {"", ".disable.cache"}) {
      String name = "fs." + SCHEME + ".impl" + key;
      session.sparkContext().hadoopConfiguration().set(name, counting.get(name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc", "csv", "json", "avro"})
  void inputIsReadOnceToFitAndOnceToTransform(String format) throws IOException {
    String input = folder.resolve("in").toString();
    session
        .range(0, 30, 1, FILES)
        .select(col("id").cast("double").as("x"), col("id").multiply(2.5).as("y"))
        .write()
        .format(format)
        .option("header", true)
        .save(input);
    String counted = SCHEME + "://" + input;
    String model = folder.resolve("model").toString();
    String output = folder.resolve("out").toString();
    CountingFiles.opened();
    InProcess.run(session, new FitCommand(), arguments(counted, format, "--model", model));
    InProcess.run(
        session,
        new TransformCommand(),
        "--input",
        counted,
        "--format",
        format,
        "--model",
        model,
        "--output",
        output);
    int apart = CountingFiles.opened();
    assertTrue(apart >= 2 * FILES, "files are opened through the scheme");

    String together = folder.resolve("together").toString();
    String table =
        InProcess.printed(
            session, new FitTransformCommand(), arguments(counted, format, "--output", together));
    // One reading for the types of columns in place of two.
    int inferred = Set.of("csv", "json").contains(format) ? FILES : 0;
    assertTrue(CountingFiles.opened() <= apart - inferred);
    assertEquals(
        """
        name  count  missing  mean before  std before  mean after  std after  note
        x        30        0         14.5     8.65544           0          1
        y        30        0        36.25     21.6386           0          1""",
        table.strip());
  }

  /** Spark writes a backslash before a quote in CSV as it is, and reads the two as a quote. */
  @Test
  void textsThatCsvDoesNotKeepAreNoFailure() throws IOException {
    String input = folder.resolve("texts").toString();
    session
        .range(0, 10, 1, 1)
        .select(
            functions.lit("a line\nand, with \"quotes\", a backslash\\").as("text"),
            col("id").cast("double").as("x"))
        .write()
        .parquet(input);
    String table =
        InProcess.printed(
            session,
            new FitTransformCommand(),
            "--input",
            input,
            "--columns",
            "x",
            "--output-format",
            "csv",
            "--output",
            folder.resolve("texts.csv"));
    assertEquals(
        """
        name  count  missing  mean before  std before  mean after  std after  note
        x        10        0          4.5     2.87228           0          1""",
        table.strip());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void storesAreAskedOnceForEachFile(boolean byPattern) throws IOException {
    int files = 50;
    Storage storage = new Storage(session.sparkContext().hadoopConfiguration());
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      Files.writeString(folder.resolve(i + ".csv"), "x,y\n1,2\n");
      paths.add(SCHEME + "://" + folder.resolve(i + ".csv"));
    }
    InputOptions input = new InputOptions();
    new CommandLine(input)
        .parseArgs(
            Stream.concat(
                    Stream.of("--input"),
                    byPattern ? Stream.of(SCHEME + "://" + folder + "/*.csv") : paths.stream())
                .toArray(String[]::new));
    CountingFiles.asked();
    Input found = input.find(storage);
    new PathRules(storage)
        .reads(found.files())
        .writes(Output.Kind.DATA, folder.resolve("out").toString(), Mode.ERROR)
        .check();
    found.spelled();
    int above = 5 * folder.getNameCount();
    int asked = CountingFiles.asked();
    assertTrue(asked > 0 && asked <= (byPattern ? 0 : files) + above, asked + " calls");
  }

  private static Object[] arguments(String input, String format, String target, String place) {
    return new Object[] {"--input", input, "--format", format, "--columns", "x,y", target, place};
  }
}
