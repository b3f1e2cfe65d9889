package batchnorm.spark.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Drift of the features that are in both of two sets of statistics.
 *
 * @param first the name of the first statistics
 * @param second the name of the second statistics
 * @param drifts the largest first
 * @param onlyFirst features only in the first
 * @param onlySecond features only in the second
 */
public record Comparison(
    String first,
    String second,
    List<Drift> drifts,
    List<String> onlyFirst,
    List<String> onlySecond) {

  /**
   * Compares features with the same name, in any order. If several have the same name, they are
   * compared in order: the first with the first, and so on.
   */
  public static Comparison of(
      String first, List<Feature> firsts, String second, List<Feature> seconds) {
    Map<String, Deque<Feature>> byName = new HashMap<>();
    seconds.forEach(
        feature -> byName.computeIfAbsent(feature.name(), n -> new ArrayDeque<>()).add(feature));
    List<Drift> drifts = new ArrayList<>();
    List<String> onlyFirst = new ArrayList<>();
    for (Feature feature : firsts) {
      Deque<Feature> others = byName.getOrDefault(feature.name(), new ArrayDeque<>());
      if (others.isEmpty()) {
        onlyFirst.add(feature.name());
      } else {
        drifts.add(Drift.of(feature, others.remove()));
      }
    }
    List<String> onlySecond = new ArrayList<>();
    for (Feature feature : seconds) {
      if (byName.get(feature.name()).remove(feature)) {
        onlySecond.add(feature.name());
      }
    }
    drifts.sort(Drift.LARGEST_FIRST);
    return new Comparison(first, second, drifts, onlyFirst, onlySecond);
  }
}
