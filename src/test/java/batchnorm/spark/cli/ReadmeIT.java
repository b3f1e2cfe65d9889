package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Documentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of README and of the pages run one after the other from the project's folder;
 * results go elsewhere.
 */
class ReadmeIT {
  @TempDir Path results;

  @Test
  void commandsRun() throws IOException {
    String commands =
        Documentation.blocks("sh").stream()
            .filter(block -> block.startsWith("scripts/batchnorm "))
            .collect(Collectors.joining())
            .replace("target/readme", results.toString());
    assertTrue(commands.lines().filter(line -> line.startsWith("scripts/")).count() >= 4);

    Job job = Job.run(new ProcessBuilder("bash", "-e", "-c", commands));

    assertEquals(0, job.exitCode(), job.err());
    assertTrue(job.out().contains("bill_length_mm"), job.out());
    assertTrue(Files.exists(results.resolve("restored.parquet").resolve("_SUCCESS")));
  }
}
