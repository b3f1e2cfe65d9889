package batchnorm.bench;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Measurements of a case.
 *
 * @param bytes the peak memory of some contenders
 * @param failures the errors of those that failed
 */
record Result(
    String name,
    String title,
    int rows,
    int rounds,
    Map<String, Time> times,
    Map<String, Long> bytes,
    Map<String, String> failures) {
  /**
   * The seconds of a contender.
   *
   * @param ratio the median over the rounds of its time as a multiple of ours, NaN without ours
   */
  record Time(double median, double least, double ratio) {}

  /** Contenders that do less, or run in another process. */
  private static final Set<String> NO_RIVALS =
      Set.of(Contender.BARE, Contender.POLARS, Contender.SCIKIT_LEARN);

  /** The result of a case whose data or contenders could not be made. */
  static Result failed(Case work, int rows, Throwable error) {
    return new Result(
        work.name(), work.title(), rows, 0, Map.of(), Map.of(), Map.of("all", text(error)));
  }

  /** The first line of an error. */
  static String text(Throwable error) {
    return String.valueOf(error).lines().findFirst().orElseThrow();
  }

  /** One line, in the course of a run. */
  String progress() {
    String all =
        times.entrySet().stream()
            .map(
                entry ->
                    String.format(
                        Locale.ROOT,
                        "%s %.3f s (%.2f)",
                        entry.getKey(),
                        entry.getValue().median(),
                        entry.getValue().ratio()))
            .collect(Collectors.joining(", "));
    return rounds + " rounds: " + all + (failures.isEmpty() ? "" : "; failed: " + failures);
  }

  Optional<Time> time(String contender) {
    return Optional.ofNullable(times.get(contender));
  }

  Optional<Long> memory(String contender) {
    return Optional.ofNullable(bytes.get(contender));
  }

  /** Returns whether one that is measured in this JVM takes less than 0.95 of the time of ours. */
  boolean isLost() {
    return times.entrySet().stream()
        .anyMatch(entry -> !NO_RIVALS.contains(entry.getKey()) && entry.getValue().ratio() < 0.95);
  }
}
