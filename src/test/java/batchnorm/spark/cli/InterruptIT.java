package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C, as the signal of a terminal, and the signal of kill. */
class InterruptIT {
  private static final int PATIENCE = 60;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void interruptedCommandLeavesNothingAndSaysSo(String signal, int exitCode)
      throws IOException, InterruptedException {
    Path outputs = Files.createDirectories(folder.resolve("outputs"));
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
            // A build in the background of a shell ignores the signal, and its children with it.
            "env",
            "--default-signal=" + signal,
            Job.SCRIPT.toString(),
            "fit-transform",
            "--input",
            Job.BREAST_CANCER.toString(),
            "--columns",
            "*",
            "--model",
            outputs.resolve("model").toString(),
            "--output",
            outputs.resolve("normalized").toString());
    builder.environment().put("SPARK_HOME", Job.SPARK.toString());
    builder.environment().put("SPARK_SUBMIT_OPTS", ShortLivedJvm.OPTIONS);
    Process process;
    try (WatchService changes = outputs.getFileSystem().newWatchService()) {
      outputs.register(changes, StandardWatchEventKinds.ENTRY_CREATE);
      process =
          builder
              .redirectError(err.toFile())
              .redirectOutput(folder.resolve("out").toFile())
              .start();
      WatchKey staged = changes.poll(PATIENCE, TimeUnit.SECONDS);
      assertNotNull(staged, () -> "no output is begun: " + read(err));
      assertTrue(
          staged.pollEvents().stream()
              .allMatch(event -> event.context().toString().contains(".new-")));
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    }
    assertTrue(process.waitFor(PATIENCE, TimeUnit.SECONDS));
    assertEquals("batchnorm: interrupted; nothing was written\n", read(err));
    assertEquals(exitCode, process.exitValue());
    assertEquals(List.of(), Job.names(outputs));
    assertEquals("", read(folder.resolve("out")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
