package batchnorm.bench;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.package$;
import org.apache.spark.sql.SparkSession;

/** Measures the cases that are asked for and prints one document with the results. */
public final class Bench {
  private static final int THREADS = 2;

  private final Arguments arguments;
  private final List<Case> cases;
  private final LocalDate date = LocalDate.now(ZoneOffset.UTC);
  private int done;

  private Bench(String... args) {
    arguments = Arguments.parse(args);
    cases =
        arguments.of(
            Stream.of(FitCases.all(), FollowCases.all(), TransformCases.all())
                .flatMap(List::stream)
                .toList());
  }

  /** Takes what {@code scripts/bench} takes. */
  public static void main(String[] args) {
    System.out.print(new Bench(args).run());
  }

  private String run() {
    try (DuckDb duckDb = new DuckDb(THREADS);
        Python python = new Python(THREADS)) {
      Document document = new Document(file(), header(duckDb, python));
      if (arguments.asksForKernel()) {
        System.err.println(KernelRuns.NAME + " ...");
        document.addKernel(new KernelRuns(arguments.form()).run());
      }
      for (Engine engine : Engine.values()) {
        List<Case> onIt = cases.stream().filter(one -> one.engine() == engine).toList();
        if (!onIt.isEmpty()) {
          run(engine, onIt, document, duckDb, python);
        }
      }
      return document.text();
    }
  }

  private void run(
      Engine engine, List<Case> onIt, Document document, DuckDb duckDb, Python python) {
    try (SparkSession session = engine.start(THREADS)) {
      BenchData data = new BenchData(session);
      for (Case one : onIt) {
        measure(one, new Workbench(data, duckDb, python, arguments.rows(one)), document);
        session.catalog().clearCache();
        System.gc();
      }
    } catch (Exception | LinkageError e) {
      System.err.println("bench: no cases on " + engine + ": " + e);
      onIt.forEach(one -> document.add(Result.failed(one, arguments.rows(one), e)));
    }
  }

  private void measure(Case one, Workbench bench, Document document) {
    done++;
    System.err.printf("%d/%d %s: %s ...%n", done, cases.size(), one.name(), one.title());
    Result result;
    try {
      result = arguments.form().rounds().run(one, bench);
    } catch (Exception | LinkageError e) {
      result = Result.failed(one, bench.rows(), e);
    }
    System.err.println("  " + result.progress());
    document.add(result);
  }

  private Optional<Path> file() {
    String name = date + "-" + Machine.shortCpu() + "-spark-" + spark();
    return arguments.write()
        ? Optional.of(Path.of("src", "bench", "results", name))
        : Optional.empty();
  }

  private Map<String, String> header(DuckDb duckDb, Python python) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put("date", date.toString());
    header.put("command", "`" + Machine.command() + "`");
    header.put("load average before", Machine.load());
    header.put("CPU", Machine.cpu());
    header.put("cores", Machine.cores() + ", all run on " + THREADS + " threads");
    header.put("JVM", Machine.jvm());
    header.put("heap", (Runtime.getRuntime().maxMemory() >> 20) + " MB");
    header.put("Spark", spark());
    header.put("Scala", scala.util.Properties.versionNumberString());
    header.put("DuckDB", duckDb.version());
    header.put("Python", python.versions());
    header.put(
        "Comet, Delta, Iceberg", Machine.jars("comet-spark", "delta-spark", "iceberg-spark"));
    return header;
  }

  private static String spark() {
    return package$.MODULE$.SPARK_VERSION();
  }
}
