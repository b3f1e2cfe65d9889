package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.Frames;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParameterException;

/** The command fit follows a table. */
class IncrementalFitTest {
  @TempDir Path folder;
  private String table;
  private String model;

  @BeforeAll
  static void start() {
    SharedSession.get();
  }

  @BeforeEach
  void writeTable() {
    table = folder.resolve("table").toString();
    model = folder.resolve("model").toString();
    write(new double[][] {{1, 0.1}, {3, 0.2}});
  }

  private void write(double[][] rows) {
    Frames.doubles(rows).coalesce(1).write().mode("append").parquet(table);
  }

  private Object[] args(Object... more) {
    Object[] args = {"--incremental", "--input", table, "--all-numeric", "--model", model};
    return Stream.of(args, more).flatMap(Stream::of).toArray();
  }

  private String fit(Object... more) throws IOException {
    return InProcess.printed(SharedSession.get(), new FitCommand(), args(more));
  }

  @Test
  void theSecondFitReadsWhatWasAdded() throws IOException {
    String first = fit();
    assertTrue(first.contains("a "), first);
    write(new double[][] {{5, 0.4}});
    assertEquals(
        List.of("Files of the table: 2, read: 1, taken out: 0", "Saved the model to " + model),
        InProcess.told(SharedSession.get(), new FitCommand(), args()).lines().toList());
    BatchNormModel followed = BatchNormModel.load(model);
    assertEquals(3, followed.count());
    assertEquals(3, followed.mean().apply(0));
  }

  @Test
  void aModelThatGoesOnIsNotOverwritten() {
    assertEquals(
        "--mode is overwrite and --incremental is given; expected one of the two, as an incremental"
            + " fit goes on with the model of --model. Leave out one.",
        assertThrows(ParameterException.class, () -> fit("--mode", "overwrite")).getMessage());
  }

  @Test
  void severalInputsAreNoTable() {
    assertEquals(
        "The dataset cannot be followed: its files are not known; expected a table or folder of delta,"
            + " iceberg, parquet, not a view or a query. Name one, or use fit.",
        assertThrows(IllegalArgumentException.class, () -> fit("--input", table)).getMessage());
  }
}
