package batchnorm.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All results so far, written to a file of Markdown and one of JSON on request. */
final class Document {
  /** The cases that stand in README, beside those in which Spark or DuckDB takes less time. */
  private static final List<String> IN_README =
      List.of(
          "fit-64",
          "fit-trips",
          "fit-dictionary-50",
          "fit-nulls",
          "fit-csv",
          "fit-100-rows",
          "fit-vectors-64",
          "fit-dense-100000",
          "fit-sparse-1000000",
          "fit-groups-100000",
          "transform-to-vector",
          "transform-vectors",
          "transform-64",
          "transform-groups-100000");

  /** The lines around the table for README, there and here. */
  private static final String README = "<!-- figures -->\n";

  private static final String NOTES =
      """

      Rounds in which all take turns, in one JVM (Polars and scikit-learn in a process of their own, asked from
      there). Before, each has run as long as the others to warm up, and has shown that it computes the same
      statistics. StandardScaler has the VectorAssembler that columns need, or the array_to_vector that arrays need; it
      takes no nulls. Spark SQL, DuckDB and Polars compute mean and population variance; with weights Spark SQL
      computes the sums of w, w x and w x x, which round, and Summarizer is Spark's for vectors. Spark SQL is left out
      where it takes minutes (1,000 columns). scikit-learn's StandardScaler learns from one file after the other.
      Bare is the columnar scan of a fit that uses no value, or what a transform reads, written untouched. Of groups
      Spark SQL computes mean and deviation of each; kept means that they are cached and counted, as a fit keeps its
      own. A transform joins them to the rows; saved means that it joins a table in which they were saved before. Files
      are Parquet unless the case says otherwise; transforms write to Spark's noop.
      """;

  private static final String RATIOS =
      """

      ## Ratios

      The time of the others as a multiple of ours: medians of the ratios of each round. Below 1 is less time than ours.

      """;

  private static final String SECONDS =
      """

      ## Seconds

      Medians, and in brackets the least. Memory is the most that full collections, one after the other in runs of
      their own, found alive on the heap of the JVM (driver and two tasks at a time) beyond what was there before.
      Spark's reader of Parquet keeps most of it where files are large: a row group a task.

      """;

  private static final String KERNELS =
      """

      ## The kernel

      JMH: one feature, block after block of 1,024 values in cache, ns a value; in brackets as part of Welford's time.
      Blocks is the product's, bins the part of it that takes values of any spread; both are exact. Those below were
      tried: they leave values outside their window undone, or assume there are none.

      """;

  private final Optional<Path> file;
  private final Map<String, String> header;
  private final List<Result> results = new ArrayList<>();
  private Map<String, Map<String, Double>> kernel = Map.of();

  /**
   * Makes a document without results.
   *
   * @param file the name of the files without its ending, if there are to be files
   */
  Document(Optional<Path> file, Map<String, String> header) {
    this.file = file;
    this.header = header;
  }

  void addKernel(Map<String, Map<String, Double>> nanoseconds) {
    kernel = nanoseconds;
    store();
  }

  void add(Result result) {
    results.add(result);
    store();
  }

  String text() {
    StringBuilder text = new StringBuilder("# Benchmark of " + header.get("date") + "\n\n");
    text.append(
        Markdown.table(
            List.of("", ""),
            header.entrySet().stream()
                .map(entry -> List.of(entry.getKey(), entry.getValue()))
                .toList()));
    if (!results.isEmpty()) {
      text.append(NOTES)
          .append(RATIOS)
          .append(ResultTable.ofRatios(results))
          .append(SECONDS)
          .append(ResultTable.ofSeconds(results))
          .append(failures())
          .append(forReadme());
    }
    return text + (kernel.isEmpty() ? "" : KERNELS + KernelRuns.table(kernel));
  }

  private String failures() {
    List<List<String>> rows =
        results.stream()
            .flatMap(
                result ->
                    result.failures().entrySet().stream()
                        .map(entry -> List.of(result.title(), entry.getKey(), entry.getValue())))
            .toList();
    return rows.isEmpty()
        ? ""
        : "\n## Not measured\n\n" + Markdown.table(List.of("case", "", "error"), rows);
  }

  private String forReadme() {
    List<Result> shown =
        results.stream()
            .filter(result -> IN_README.contains(result.name()) || result.isLost())
            .toList();
    return shown.isEmpty()
        ? ""
        : "\n## For README\n\n" + README + ResultTable.ofRatios(shown) + README;
  }

  private void store() {
    file.ifPresent(
        path -> {
          try {
            Files.createDirectories(path.getParent());
            Files.writeString(path.resolveSibling(path.getFileName() + ".md"), text());
            Files.writeString(path.resolveSibling(path.getFileName() + ".json"), json());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private String json() throws IOException {
    Map<String, Object> all = new LinkedHashMap<>(header);
    all.put("cases", results);
    all.put("kernel, ns a value", kernel);
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
  }
}
