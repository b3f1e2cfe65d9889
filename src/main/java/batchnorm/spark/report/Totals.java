package batchnorm.spark.report;

import java.util.List;
import java.util.Optional;

/**
 * Counts of features, including those that a page does not list.
 *
 * @param features features of the model
 * @param flagged features with a flag
 * @param compared features on both sides of the comparison
 * @param moved compared features whose mean has moved
 * @param spreadChanged compared features whose spread has changed
 * @param beyondRange compared features of which the second side has values beyond the range of the
 *     first
 * @param unknownRange compared features with values of which the range of a side is not known
 * @param onlyFirst features only on the first side
 * @param onlySecond features only on the second side
 */
public record Totals(
    long features,
    long flagged,
    long compared,
    long moved,
    long spreadChanged,
    long beyondRange,
    long unknownRange,
    long onlyFirst,
    long onlySecond) {

  static Totals of(List<Feature> features, Optional<Comparison> comparison) {
    List<Drift> drifts = comparison.map(Comparison::drifts).orElse(List.of());
    return new Totals(
        features.size(),
        features.stream().filter(feature -> !feature.flags().isEmpty()).count(),
        drifts.size(),
        drifts.stream().filter(Drift::isMoved).count(),
        drifts.stream().filter(Drift::isSpreadChanged).count(),
        drifts.stream().filter(Drift::isBeyondRange).count(),
        drifts.stream().filter(Drift::hasUnknownRange).count(),
        comparison.map(c -> c.onlyFirst().size()).orElse(0),
        comparison.map(c -> c.onlySecond().size()).orElse(0));
  }
}
