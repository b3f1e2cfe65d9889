package batchnorm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that was measured so far; kept in a file, if there is to be one. */
final class Document {
  private static final String JOBS =
      """

      ## Whole jobs

      Medians of rounds in which all take turns, in one JVM, after others to warm up (for 8 seconds, at least two and
      at most 41); in brackets how many times as long as ours. The first shows that all compute the same statistics.
      StandardScaler has the VectorAssembler that columns need, or the array_to_vector that arrays need; it takes no
      nulls. Spark SQL and DuckDB compute avg and var_pop; Spark SQL is left out where it takes minutes (1,000
      columns). Bare is the columnar scan of a fit that uses no value, or what a transform reads, written untouched.
      In a transform of groups Spark SQL computes avg and stddev_pop of every group and joins them to the rows; saved
      means that it joins a table in which they were saved before. Files are Parquet unless the case says otherwise; transforms write to Spark's noop.

      """;

  private static final String MEMORY =
      """

      Memory is the most that full collections, one after the other in runs of their own, found alive on the heap of
      the JVM (driver and two tasks at a time) beyond what was there before. Spark's reader of Parquet keeps most of
      it where files are large: a row group a task.
      """;

  private static final String CURVES =
      """

      ## Curves

      Time and memory as the data grows, measured alike, with fewer rounds.
      """;

  private static final String KERNELS =
      """

      ## The kernel

      JMH: one feature, block after block of 1,024 values in cache; in brackets as part of Welford's time. Blocks is
      the product's, bins the part of it that takes values of any spread; both are exact. Those below were tried: they
      leave values outside their window undone, or assume there are none.

      """;

  private final Optional<Path> file;
  private final String header;
  private final List<Result> jobs = new ArrayList<>();
  private final Map<Curve, List<Result>> curves = new LinkedHashMap<>();
  private String kernel = "";

  /** Makes a document without results, and writes it to {@code file}, if any. */
  Document(Optional<Path> file, String header) {
    this.file = file;
    this.header = header;
    store();
  }

  void addKernel(String table) {
    kernel = KERNELS + table;
    store();
  }

  void addJob(Result result) {
    jobs.add(result);
    store();
  }

  void addPoint(Curve curve, Result result) {
    curves.computeIfAbsent(curve, key -> new ArrayList<>()).add(result);
    store();
  }

  String text() {
    StringBuilder text = new StringBuilder(header);
    if (!jobs.isEmpty()) {
      text.append(JOBS).append(ResultTable.of("case", jobs)).append(MEMORY);
    }
    if (!curves.isEmpty()) {
      text.append(CURVES).append(jobs.isEmpty() ? MEMORY : "");
    }
    curves.forEach(
        (curve, results) ->
            text.append("\n### " + curve.title() + "\n\n")
                .append(ResultTable.of(curve.axis(), results)));
    return text.append(kernel).toString();
  }

  private void store() {
    file.ifPresent(
        path -> {
          try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, text());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
