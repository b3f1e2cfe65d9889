package batchnorm.spark.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process whose lines, of stdout and stderr, go to a file and can be awaited. */
final class LoggedProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final Path log;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;
  private volatile boolean isClosed;

  private LoggedProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    Thread reader = new Thread(this::read, "log of process " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a process that logs to a file. */
  static LoggedProcess start(ProcessBuilder builder, Path log) throws IOException {
    Files.createDirectories(log.getParent());
    return new LoggedProcess(builder.redirectErrorStream(true).start(), log);
  }

  /**
   * Awaits a line in which the pattern is found.
   *
   * @return the match
   * @throws IllegalStateException with the log if the process ends without such a line, or if none
   *     comes in time
   */
  Matcher await(Pattern pattern) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int next = 0;
    synchronized (lines) {
      while (true) {
        for (; next < lines.size(); next++) {
          Matcher found = pattern.matcher(lines.get(next));
          if (found.find()) {
            return found;
          }
        }
        long left = (end - System.nanoTime()) / 1_000_000;
        if (ended || left <= 0) {
          throw new IllegalStateException(
              "No line of " + log + " has " + pattern + ":\n" + String.join("\n", lines));
        }
        lines.wait(left);
      }
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Kills the process with SIGKILL and awaits its end. */
  @Override
  public void close() {
    isClosed = true;
    process.destroyForcibly().onExit().join();
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        PrintWriter file = new PrintWriter(Files.newBufferedWriter(log), true)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        file.println(line);
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // Its streams are closed when it is killed.
      if (!isClosed) {
        throw new UncheckedIOException(e);
      }
    } finally {
      synchronized (lines) {
        ended = true;
        lines.notifyAll();
      }
    }
  }
}
