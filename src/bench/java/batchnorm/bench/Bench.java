package batchnorm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Measures the cases that are asked for and prints one document with the results. */
public final class Bench {
  private static final int THREADS = 2;
  private static final String KERNEL = "kernel";

  private static final String JOBS =
      """

      ## Whole jobs

      Medians of rounds in which all take turns, in one JVM, after two more to warm up (one where a round takes
      more than ten seconds); in brackets how many times as long as ours. StandardScaler has the VectorAssembler that columns need. Spark SQL and DuckDB
      compute avg and var_pop; Spark SQL is left out where it takes minutes (1,000 columns). Bare is the columnar
      scan of a fit that uses no value, or what a transform reads, written untouched. Files are Parquet unless the
      case says otherwise; transforms write to Spark's noop.

      """;

  private static final String KERNELS =
      """

      ## The kernel

      JMH: one feature, block after block of 1,024 values in cache; in brackets as part of Welford's time. Blocks is
      the product's, bins the part of it that takes values of any spread; both are exact. Those below were tried: they
      leave values outside their window undone, or assume there are none.

      """;

  private final Arguments arguments;

  private Bench(Arguments arguments) {
    this.arguments = arguments;
  }

  /** Takes what {@code scripts/bench} takes. */
  public static void main(String[] args) throws IOException {
    System.out.print(new Bench(Arguments.parse(args)).run());
  }

  private String run() throws IOException {
    SparkSession session =
        SparkSession.builder()
            .master("local[" + THREADS + "]")
            .appName("batchnorm-spark bench")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.warehouse.dir", "target/bench/warehouse")
            .getOrCreate();
    try (DuckDb duckDb = new DuckDb(THREADS)) {
      List<Case> cases = cases(session, duckDb);
      requireKnown(cases);
      String header = header(session, duckDb);
      String kernel = kernel();
      String document = measure(session, cases, header, kernel);
      session.stop();
      return document;
    }
  }

  /** Writes what is known so far, if that was asked for. */
  private String store(String document) throws IOException {
    if (arguments.write()) {
      Path file =
          Path.of("src", "bench", "results", LocalDate.now() + "-" + Machine.shortCpu() + ".md");
      Files.createDirectories(file.getParent());
      Files.writeString(file, document);
    }
    return document;
  }

  private List<Case> cases(SparkSession session, DuckDb duckDb) {
    BenchData data = new BenchData(session, Path.of("target", "bench"), arguments.quick() ? 50 : 1);
    return Stream.concat(
            new FitCases(data, duckDb).all().stream(), new TransformCases(data).all().stream())
        .toList();
  }

  private void requireKnown(List<Case> cases) {
    List<String> known = Stream.concat(cases.stream().map(Case::name), Stream.of(KERNEL)).toList();
    for (String name : arguments.names()) {
      if (!known.contains(name)) {
        System.err.println("bench: no case '" + name + "'; there are " + String.join(" ", known));
        System.exit(2);
      }
    }
  }

  private String measure(SparkSession session, List<Case> cases, String header, String kernel)
      throws IOException {
    Rounds rounds = arguments.quick() ? new Rounds(1, 1, 1, 1) : new Rounds(2, 3, 5, 21);
    List<Result> results = new ArrayList<>();
    String document = store(header + kernel);
    for (Case work : arguments.inOrder(cases)) {
      System.err.println(work.name() + " ...");
      Result result = rounds.run(work);
      System.err.println("  " + result.rounds() + " rounds, medians " + result.seconds());
      results.add(result);
      document = store(header + jobs(results) + kernel);
      session.catalog().clearCache();
      System.gc();
    }
    return document;
  }

  private String kernel() {
    if (!arguments.asks(KERNEL)) {
      return "";
    }
    System.err.println(KERNEL + " ...");
    return KERNELS + new KernelRuns(arguments.quick()).run();
  }

  private static String jobs(List<Result> results) {
    return JOBS + ResultTable.of(results);
  }

  private String header(SparkSession session, DuckDb duckDb) {
    return "# Benchmark of "
        + LocalDate.now()
        + "\n\n"
        + Markdown.table(
            List.of("", ""),
            List.of(
                List.of("command", "`" + arguments.command() + "`"),
                List.of("CPU", Machine.cpu()),
                List.of("cores", Machine.cores() + ", Spark and DuckDB on " + THREADS),
                List.of("JVM", Machine.jvm()),
                List.of("heap", (Runtime.getRuntime().maxMemory() >> 20) + " MB"),
                List.of("Spark", session.version()),
                List.of("Scala", scala.util.Properties.versionNumberString()),
                List.of("DuckDB", duckDb.version())));
  }

  /** What was asked for. */
  private record Arguments(boolean quick, boolean write, List<String> names) {
    static Arguments parse(String... args) {
      List<String> names = Stream.of(args).filter(argument -> !argument.startsWith("--")).toList();
      List<String> flags = Stream.of(args).filter(argument -> argument.startsWith("--")).toList();
      Optional<String> unknown =
          flags.stream().filter(flag -> !List.of("--quick", "--write").contains(flag)).findFirst();
      if (unknown.isPresent()) {
        System.err.println("bench: no option " + unknown.get());
        System.exit(2);
      }
      return new Arguments(flags.contains("--quick"), flags.contains("--write"), names);
    }

    boolean asks(String name) {
      return names.isEmpty() || names.contains(name);
    }

    /** The cases that are asked for, in the order of asking. */
    List<Case> inOrder(List<Case> cases) {
      return names.isEmpty()
          ? cases
          : names.stream()
              .flatMap(name -> cases.stream().filter(work -> work.name().equals(name)))
              .toList();
    }

    String command() {
      return "scripts/bench"
          + (quick ? " --quick" : "")
          + (write ? " --write" : "")
          + String.join("", names.stream().map(name -> " " + name).toList());
    }
  }
}
