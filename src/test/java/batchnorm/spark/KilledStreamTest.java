package batchnorm.spark;

import static batchnorm.spark.SameFit.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.SharedSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that learns from a stream is killed with SIGKILL and started again: it ends with the
 * same bits as one that was never killed. Versions count from 1, batches from 0.
 */
class KilledStreamTest {
  private static final int FILES = 4;

  @TempDir Path directory;
  private Path input;
  private Path killed;

  @BeforeEach
  void writeInput() throws IOException {
    killed = directory.resolve("killed");
    input = Files.createDirectory(directory.resolve("input"));
    Random random = new Random(6);
    for (int file = 0; file < FILES; file++) {
      double[][] table = new double[20 + file][2];
      for (double[] row : table) {
        row[0] = random.nextGaussian(5, 1e3);
        row[1] = random.nextDouble();
      }
      StreamRun.addFile(input, table);
    }
  }

  @Test
  void killedWhileItWritesOrNormalizesItEndsAsIfItWasNot() throws Exception {
    killAt("writing=2");
    assertEquals(List.of("version=1"), versions());
    assertEquals(1, names("models", ".version=2.").size());
    killAt("renamed=3");
    // Spark does not know yet that the batch of version 3 is done, and will repeat it.
    assertEquals(List.of("version=1", "version=2", "version=3"), versions());
    assertEquals(List.of("0", "1"), names("models/_checkpoint/commits", ""));
    assertEquals(List.of("0", "1", "2"), names("models/_checkpoint/offsets", ""));
    killAt("sink=3");
    assertEquals(List.of("version=2", "version=3", "version=4"), versions());
    assertEquals(List.of("0", "1", "2"), names("out", ""));
    runToTheEnd();
    assertEquals(List.of("version=2", "version=3", "version=4"), versions());
    assertEquals(List.of(), names("models", ".version="));

    Path spared = directory.resolve("spared");
    SparkSession session = SharedSession.get();
    StreamRun.run(session, input, spared);
    assertSameBits(load(spared), load(killed));
    assertEquals(FILES, load(killed).numBatchesTracked());
    for (int batch = 0; batch < FILES; batch++) {
      assertEquals(normalized(session, spared, batch), normalized(session, killed, batch));
    }
  }

  /** Runs a process until it comes to {@code place}, and kills it there. */
  private void killAt(String place) throws Exception {
    Process process = start(place);
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      while (line != null && !line.equals(StreamRun.HELD)) {
        line = out.readLine();
      }
      assertEquals(StreamRun.HELD, line, this::log);
    } finally {
      process.destroyForcibly();
    }
    assertEquals(128 + 9, process.waitFor());
  }

  private void runToTheEnd() throws Exception {
    Process process = start("nowhere");
    try {
      assertEquals(0, process.waitFor(), this::log);
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(String hold) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-Dhold=" + hold, "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(StreamRun.class.getName(), input.toString(), killed.toString()));
    return new ProcessBuilder(command).redirectError(directory.resolve("log").toFile()).start();
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static BatchNormModel load(Path target) {
    return BatchNormModel.load(target.resolve("models").toString());
  }

  private static List<Row> normalized(SparkSession session, Path target, int batch) {
    String path = target.resolve("out/" + batch).toString();
    return session.read().parquet(path).orderBy("a").collectAsList();
  }

  private List<String> versions() throws IOException {
    return names("models", "version=");
  }

  private List<String> names(String folder, String prefix) throws IOException {
    if (!Files.exists(killed.resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(killed.resolve(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix) && !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }
}
