package batchnorm.bench;

import batchnorm.spark.moments.KernelBenchmark;
import batchnorm.spark.moments.Kernels;
import batchnorm.spark.moments.Values;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The kernel in JMH; the alternatives that were tried with uniform values only. */
final class KernelRuns {
  private static final Set<Kernels> COMPARED =
      EnumSet.of(Kernels.WELFORD, Kernels.BLOCKS, Kernels.BINS);

  static final String NAME = "kernel";

  private final Form form;

  KernelRuns(Form form) {
    this.form = form;
  }

  /** Returns nanoseconds a value, by kernel and kind of values. */
  Map<String, Map<String, Double>> run() {
    Map<Kernels, Map<String, Double>> scores = new TreeMap<>();
    add(scores, COMPARED, EnumSet.allOf(Values.class));
    add(scores, EnumSet.complementOf(EnumSet.copyOf(COMPARED)), EnumSet.of(Values.UNIFORM));
    Map<String, Map<String, Double>> named = new LinkedHashMap<>();
    scores.forEach((kernel, times) -> named.put(text(kernel), times));
    return named;
  }

  /** Returns the table of {@code scores}. */
  static String table(Map<String, Map<String, Double>> scores) {
    List<String> values = Stream.of(Values.values()).map(KernelRuns::text).toList();
    Map<String, Double> welford = scores.get(text(Kernels.WELFORD));
    return Markdown.table(
        Stream.concat(Stream.of("kernel"), values.stream()).toList(),
        scores.entrySet().stream()
            .map(
                kernel ->
                    Stream.concat(
                            Stream.of(kernel.getKey()),
                            values.stream()
                                .map(
                                    value ->
                                        cell(kernel.getValue().get(value), welford.get(value))))
                        .toList())
            .toList());
  }

  private static String cell(Double score, double welford) {
    return score == null ? "" : String.format(Locale.ROOT, "%.2f (%.2f)", score, score / welford);
  }

  private void add(
      Map<Kernels, Map<String, Double>> scores, Set<Kernels> kernels, Set<Values> values) {
    for (RunResult result : results(kernels, values)) {
      scores
          .computeIfAbsent(
              Kernels.valueOf(result.getParams().getParam("kernel")), key -> new TreeMap<>())
          .put(
              text(Values.valueOf(result.getParams().getParam("values"))),
              result.getPrimaryResult().getScore());
    }
  }

  private Collection<RunResult> results(Set<Kernels> kernels, Set<Values> values) {
    TimeValue time = TimeValue.milliseconds(form.kernelMillis());
    Options options =
        new OptionsBuilder()
            .include(KernelBenchmark.class.getName())
            .param("kernel", names(kernels))
            .param("values", names(values))
            .jvmArgs("-Xmx1g")
            .forks(form.kernelForks())
            .warmupTime(time)
            .measurementTime(time)
            .verbosity(VerboseMode.SILENT)
            .build();
    try {
      return new Runner(options).run();
    } catch (RunnerException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String[] names(Set<? extends Enum<?>> constants) {
    return constants.stream().map(Enum::name).toArray(String[]::new);
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
