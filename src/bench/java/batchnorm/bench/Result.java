package batchnorm.bench;

import java.util.Map;
import java.util.Optional;

/**
 * What was measured of a case.
 *
 * @param seconds the median of each contender
 * @param bytes the peak memory of some of them
 */
record Result(String title, int rounds, Map<String, Double> seconds, Map<String, Long> bytes) {
  Optional<Double> median(String contender) {
    return Optional.ofNullable(seconds.get(contender));
  }

  /** How many times the time of ours the contender takes. */
  Optional<Double> ratio(String contender) {
    return median(contender).map(median -> median / seconds.get(Contender.OURS));
  }

  Optional<Long> memory(String contender) {
    return Optional.ofNullable(bytes.get(contender));
  }
}
