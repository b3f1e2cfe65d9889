package batchnorm.bench;

import batchnorm.spark.moments.KernelBenchmark;
import batchnorm.spark.moments.Kernels;
import batchnorm.spark.moments.Values;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The kernel in JMH; the alternatives that were tried with uniform values only. */
final class KernelRuns {
  private static final Set<Kernels> COMPARED =
      EnumSet.of(Kernels.WELFORD, Kernels.BLOCKS, Kernels.BINS);

  private final boolean quick;

  KernelRuns(boolean quick) {
    this.quick = quick;
  }

  /** Returns the table of nanoseconds a value. */
  String run() {
    Map<Kernels, Map<Values, Double>> scores = new TreeMap<>();
    add(scores, COMPARED, EnumSet.allOf(Values.class));
    add(scores, EnumSet.complementOf(EnumSet.copyOf(COMPARED)), EnumSet.of(Values.UNIFORM));
    List<String> header =
        Stream.concat(
                Stream.of("kernel, ns a value"), Stream.of(Values.values()).map(KernelRuns::text))
            .toList();
    return Markdown.table(
        header, scores.entrySet().stream().map(entry -> row(entry, scores)).toList());
  }

  private void add(
      Map<Kernels, Map<Values, Double>> scores, Set<Kernels> kernels, Set<Values> values) {
    for (RunResult result : results(kernels, values)) {
      scores
          .computeIfAbsent(
              Kernels.valueOf(result.getParams().getParam("kernel")), key -> new TreeMap<>())
          .put(
              Values.valueOf(result.getParams().getParam("values")),
              result.getPrimaryResult().getScore());
    }
  }

  private Collection<RunResult> results(Set<Kernels> kernels, Set<Values> values) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(KernelBenchmark.class.getName())
            .param("kernel", names(kernels))
            .param("values", names(values))
            .jvmArgs("-Xmx1g")
            .verbosity(VerboseMode.SILENT);
    if (quick) {
      options.forks(1).warmupIterations(1).measurementIterations(1);
      options.warmupTime(TimeValue.milliseconds(50)).measurementTime(TimeValue.milliseconds(50));
    }
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> row(
      Map.Entry<Kernels, Map<Values, Double>> entry, Map<Kernels, Map<Values, Double>> scores) {
    Stream<String> cells =
        Stream.of(Values.values())
            .map(
                values -> {
                  Double score = entry.getValue().get(values);
                  return score == null
                      ? ""
                      : String.format(
                          "%.2f (%.2fx)", score, score / scores.get(Kernels.WELFORD).get(values));
                });
    return Stream.concat(Stream.of(text(entry.getKey())), cells).collect(Collectors.toList());
  }

  private static String[] names(Set<? extends Enum<?>> constants) {
    return constants.stream().map(Enum::name).toArray(String[]::new);
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
