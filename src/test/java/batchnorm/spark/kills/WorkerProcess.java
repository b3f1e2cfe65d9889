package batchnorm.spark.kills;

import batchnorm.spark.testing.OwnJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Handle of a {@link Worker}. */
final class WorkerProcess implements AutoCloseable {
  /** A worker that says nothing for so long hangs. */
  private static final long MINUTES_OF_SILENCE = 15;

  private static final String END = "worker: end";

  private final Process process;
  private final Path folder;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /**
   * Starts a process.
   *
   * @param folder its temporary files and its log
   */
  WorkerProcess(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    ProcessBuilder program = OwnJvm.program(Worker.class, List.of());
    program.command().add(1, "-Djava.io.tmpdir=" + folder);
    process = program.redirectError(folder.resolve("log").toFile()).start();
    Thread reader = new Thread(this::read, "lines of " + folder.getFileName());
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines().filter(line -> line.startsWith("worker: ")).forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      // The process was killed.
    } finally {
      lines.add(END);
    }
  }

  /** Lets the process run an operation, at once. */
  void begin(Operation operation, Operation.Room room, String data, int haltingChange)
      throws Exception {
    OutputStream in = process.getOutputStream();
    String line =
        String.join("\t", operation.name(), room.folder().toString(), data, haltingChange + "\n");
    in.write(line.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Waits for the next line. */
  String next() throws InterruptedException {
    String line = lines.poll(MINUTES_OF_SILENCE, TimeUnit.MINUTES);
    if (line == null) {
      throw new IllegalStateException("the worker hangs");
    }
    return line;
  }

  /** Waits for a line that begins so. */
  String await(String expected) throws InterruptedException, IOException {
    String line = next();
    if (!line.startsWith(expected)) {
      throw new IllegalStateException(line + Files.readString(folder.resolve("log")));
    }
    return line.substring(expected.length());
  }

  /** Returns whether the process has said something. */
  boolean hasSpoken() {
    return !lines.isEmpty();
  }

  /** Ends the process by SIGKILL; returns its exit code. */
  int kill() {
    process.destroyForcibly();
    return end();
  }

  /** Waits for the end of a process that halts; returns its exit code. */
  int end() {
    return process.onExit().join().exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
