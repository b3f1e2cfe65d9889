package batchnorm.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Polars and scikit-learn in a process of their own, which answers a line with a line. */
final class Python implements AutoCloseable {
  private static final Path PROGRAM = Path.of("src", "bench", "python", "peers.py");

  private final int threads;
  private Process process;
  private BufferedReader answers;
  private PrintWriter questions;

  Python(int threads) {
    this.threads = threads;
  }

  /** Returns the numbers that the program answers; fails where there is no Python. */
  double[] ask(String... words) {
    return Stream.of(answer(words).split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  /** The versions of the libraries, or why there are none. */
  String versions() {
    try {
      return answer("versions");
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private String answer(String... words) {
    start();
    questions.println(String.join("\t", words));
    try {
      String answer = answers.readLine();
      if (answer == null || !answer.startsWith("ok ")) {
        throw new IllegalStateException("Python: " + answer);
      }
      return answer.substring("ok ".length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start() {
    if (process != null) {
      return;
    }
    String python = System.getenv("BENCH_PYTHON");
    if (python == null) {
      throw new IllegalStateException("not installed");
    }
    try {
      process =
          new ProcessBuilder(python, PROGRAM.toString(), String.valueOf(threads))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answers = process.inputReader(StandardCharsets.UTF_8);
      questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroy();
    }
  }
}
