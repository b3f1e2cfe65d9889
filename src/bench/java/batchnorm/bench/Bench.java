package batchnorm.bench;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Measures the cases that are asked for and prints one document with the results. */
public final class Bench {
  private static final int THREADS = 2;
  private static final String KERNEL = "kernel";

  private final Arguments arguments;
  private final SparkSession session;

  private Bench(Arguments arguments, SparkSession session) {
    this.arguments = arguments;
    this.session = session;
  }

  /** Takes what {@code scripts/bench} takes. */
  public static void main(String[] args) {
    Arguments arguments = Arguments.parse(args);
    SparkSession session =
        SparkSession.builder()
            .master("local[" + THREADS + "]")
            .appName("batchnorm-spark bench")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.warehouse.dir", "target/bench/warehouse")
            .getOrCreate();
    System.out.print(new Bench(arguments, session).run());
    session.stop();
  }

  private String run() {
    BenchData data = new BenchData(session, Path.of("target", "bench"), arguments.quick() ? 50 : 1);
    try (DuckDb duckDb = new DuckDb(THREADS)) {
      List<Case> cases =
          Stream.concat(
                  new FitCases(data, duckDb).all().stream(),
                  new TransformCases(data).all().stream())
              .toList();
      List<Curve> curves = new CurveCases(data).all();
      arguments.requireKnown(
          Stream.of(
                  cases.stream().map(Case::name),
                  curves.stream().map(Curve::name),
                  Stream.of(KERNEL))
              .flatMap(names -> names)
              .toList());
      Document document = new Document(file(), header(duckDb));
      measure(document, cases, curves);
      return document.text();
    }
  }

  private void measure(Document document, List<Case> cases, List<Curve> curves) {
    if (arguments.asksFor(KERNEL)) {
      System.err.println(KERNEL + " ...");
      document.addKernel(new KernelRuns(arguments.quick()).run());
    }
    Rounds ofJob = arguments.quick() ? Rounds.quick() : Rounds.ofJob();
    for (Case job : arguments.inOrder(cases, Case::name)) {
      document.addJob(measure(job, ofJob));
    }
    Rounds ofPoint = arguments.quick() ? Rounds.quick() : Rounds.ofPoint();
    for (Curve curve : arguments.inOrder(curves, Curve::name)) {
      for (Case point : curve.points()) {
        document.addPoint(curve, measure(point, ofPoint));
      }
    }
  }

  private Result measure(Case work, Rounds rounds) {
    System.err.println(work.name() + ": " + work.title() + " ...");
    Result result = rounds.run(work);
    System.err.println(
        "  "
            + result.rounds()
            + " rounds, medians "
            + result.seconds()
            + ", bytes "
            + result.bytes());
    session.catalog().clearCache();
    System.gc();
    return result;
  }

  private Optional<Path> file() {
    String name = LocalDate.now() + "-" + Machine.shortCpu() + ".md";
    return arguments.write()
        ? Optional.of(Path.of("src", "bench", "results", name))
        : Optional.empty();
  }

  private String header(DuckDb duckDb) {
    return "# Benchmark of "
        + LocalDate.now()
        + "\n\n"
        + Markdown.table(
            List.of("", ""),
            List.of(
                List.of("command", "`" + arguments.command() + "`"),
                List.of("load average before", Machine.load()),
                List.of("CPU", Machine.cpu()),
                List.of("cores", Machine.cores() + ", Spark and DuckDB on " + THREADS),
                List.of("JVM", Machine.jvm()),
                List.of("heap", (Runtime.getRuntime().maxMemory() >> 20) + " MB"),
                List.of("Spark", session.version()),
                List.of("Scala", scala.util.Properties.versionNumberString()),
                List.of("DuckDB", duckDb.version())));
  }
}
