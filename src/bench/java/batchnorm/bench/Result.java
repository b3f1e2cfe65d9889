package batchnorm.bench;

import java.util.Map;
import java.util.OptionalDouble;

/** The median seconds of each contender of a case. */
record Result(String title, int rounds, Map<String, Double> seconds) {
  OptionalDouble median(String contender) {
    return seconds.containsKey(contender)
        ? OptionalDouble.of(seconds.get(contender))
        : OptionalDouble.empty();
  }

  /** How many times the time of ours the contender takes. */
  OptionalDouble ratio(String contender) {
    OptionalDouble median = median(contender);
    return median.isPresent()
        ? OptionalDouble.of(median.getAsDouble() / seconds.get(Contender.OURS))
        : OptionalDouble.empty();
  }
}
