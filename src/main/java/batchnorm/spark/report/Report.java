package batchnorm.spark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Content of a page.
 *
 * @param title the name of the model
 * @param origin the origin of the model and of the page
 * @param parameters the parameters of the fit and of the transform, by name and in this order
 * @param notes notes that a reader needs to interpret the numbers
 * @param features in the order of the model
 * @param counted true if the statistics were computed from data, not given
 * @param comparison with other statistics, if there are any
 * @param sample rows before and after the transform, if there is data
 * @param totals the numbers of features, including those that are not listed
 */
public record Report(
    String title,
    String origin,
    Map<String, String> parameters,
    List<String> notes,
    List<Feature> features,
    boolean counted,
    Optional<Comparison> comparison,
    Optional<Sample> sample,
    Totals totals) {

  /** Returns a report that lists every feature. */
  public Report(
      String title,
      String origin,
      Map<String, String> parameters,
      List<String> notes,
      List<Feature> features,
      boolean counted,
      Optional<Comparison> comparison,
      Optional<Sample> sample) {
    this(
        title,
        origin,
        parameters,
        notes,
        features,
        counted,
        comparison,
        sample,
        Totals.of(features, comparison));
  }

  /**
   * Returns the report of at most {@code most} features: those with flags first, and the largest
   * drifts. If features are omitted, the report notes it.
   */
  public Report limitedTo(int most) {
    int all = features.size();
    List<Integer> kept =
        IntStream.range(0, all)
            .boxed()
            .sorted(Comparator.comparing(j -> features.get(j).flags().isEmpty()))
            .limit(most)
            .sorted()
            .toList();
    List<String> more = new ArrayList<>(notes);
    if (all > most) {
      more.add(
          String.format(
              Locale.ROOT,
              "Of %,d features this page lists %,d: those with flags, then the first ones. --limit "
                  + "sets how many.",
              all,
              most));
    }
    return new Report(
        title,
        origin,
        parameters,
        more,
        kept.stream().map(features::get).toList(),
        counted,
        comparison.map(
            c ->
                new Comparison(
                    c.first(),
                    c.second(),
                    first(c.drifts(), most),
                    first(c.onlyFirst(), most),
                    first(c.onlySecond(), most))),
        sample.map(s -> new Sample(s.rows(), kept.stream().map(s.features()::get).toList())),
        totals);
  }

  private static <T> List<T> first(List<T> list, int most) {
    return list.subList(0, Math.min(most, list.size()));
  }
}
