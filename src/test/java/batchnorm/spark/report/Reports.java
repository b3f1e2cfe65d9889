package batchnorm.spark.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Reports to make pages of. */
final class Reports {
  private static final long SEED = 20261122;
  private static final int SAMPLED = 200;

  /** Names that are not what they look like to a browser, a parser or a reader. */
  static final List<String> STRANGE_NAMES =
      List.of(
          "<script>document.title = 'ran'</script>",
          "</script><script>document.title = 'ran'</script>",
          "<!--<script>",
          "]]><img src=x onerror=\"document.title = 'ran'\">",
          "\"quoted\" & 'quoted' &lt;b&gt;",
          "back\\slash \\u003c/script>",
          "line\nbreak\ttab \u2028 \u2029 \u0001",
          "עברית \u202egnp.exe",
          "温度 (℃) 🌡️ é",
          "a very long name ".repeat(30),
          "unbroken".repeat(60),
          " ",
          "__proto__");

  private Reports() {}

  static Feature feature(String name, double mean, double variance) {
    double std = Math.sqrt(variance);
    return new Feature(
        name, 569, 0, mean, variance, std, mean - 3 * std, mean + 3 * std, false, false, 1);
  }

  static Report named(String name) {
    return of(feature(name, 1, 4));
  }

  static Report of(Feature... features) {
    return of(List.of(features), Optional.empty(), Optional.empty());
  }

  /** A model of so many features, of which the first have flags and strange names. */
  static Report ofFeatures(int count) {
    return of(features(count, 0), Optional.empty(), Optional.empty());
  }

  /** The same beside another model, which lacks a feature and has one more. */
  static Report ofTwoModels(int count) {
    List<Feature> others = new ArrayList<>(features(count, 1));
    others.set(count - 1, feature("new <b>feature</b>", 1, 1));
    return of(
        features(count, 0),
        Optional.of(Comparison.of("models/may", features(count, 0), "models/june", others)),
        Optional.empty());
  }

  /** A model of {@code few} features beside one of {@code many} others. */
  static Report ofFewAndMany(int few, int many) {
    List<Feature> others = new ArrayList<>();
    for (int j = 0; j < many; j++) {
      others.add(feature("other " + j, 0, 1));
    }
    List<Feature> features = List.of(features(few, 0).toArray(Feature[]::new));
    return of(
        features,
        Optional.of(Comparison.of("models/may", features, "models/june", others)),
        Optional.empty());
  }

  /** The same beside data. */
  static Report ofData(int count) {
    Random random = new Random(SEED);
    List<Feature> features = features(count, 0);
    double[][] before = new double[SAMPLED][count];
    double[][] after = new double[SAMPLED][count];
    for (int i = 0; i < SAMPLED; i++) {
      for (int j = 0; j < count; j++) {
        Feature feature = features.get(j);
        double z = random.nextGaussian();
        before[i][j] = i % 9 == 4 ? Double.NaN : feature.mean() + feature.std() * z;
        after[i][j] = i % 9 == 4 ? Double.NaN : z;
      }
    }
    return of(
        features,
        Optional.of(Comparison.of("models/may", features, "june.parquet", features(count, 1))),
        Optional.of(Sample.of(before, after, true)));
  }

  private static Report of(
      List<Feature> features, Optional<Comparison> comparison, Optional<Sample> sample) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("Features", String.format("%,d", features.size()));
    parameters.put("Rows", "569");
    parameters.put("eps", "0.00001");
    parameters.put("Variance divided by", "n");
    parameters.put("Missing values", "keep");
    return new Report(
        "sensors",
        "models/may, batchNorm_0123456789ab. Report of 2026-11-22 17:00 UTC by batchnorm-spark.",
        parameters,
        List.of(),
        features,
        true,
        comparison,
        sample);
  }

  /** Means and deviations of many sizes; those of another {@code edition} differ a little. */
  private static List<Feature> features(int count, int edition) {
    Random random = new Random(SEED);
    Random moved = new Random(SEED + edition);
    Feature[] features = new Feature[count];
    for (int j = 0; j < count; j++) {
      double size = Math.pow(10, random.nextGaussian());
      double std = size * (0.2 + random.nextDouble()) * (1 + 0.2 * edition * moved.nextDouble());
      double mean = size * random.nextGaussian() * 2 + 0.1 * edition * std * moved.nextGaussian();
      features[j] =
          new Feature(
              "feature_" + j,
              569,
              j % 7,
              mean,
              std * std,
              std,
              mean - 3 * std,
              mean + 3 * std,
              false,
              false,
              1);
    }
    List<Feature> special =
        List.of(
            new Feature(
                "constant", 569, 0, 3 + edition, 0, 0, 3 + edition, 3 + edition, true, false, 0),
            new Feature(
                "seconds since 1970",
                569,
                0,
                1.7e9,
                100,
                10,
                1.7e9 - 20,
                1.7e9 + 20,
                false,
                false,
                1),
            new Feature(
                "near-constant", 569, 0, 1, 1e-18, 1e-9, 1 - 1e-9, 1 + 1e-9, false, true, 0.64),
            new Feature("mostly missing", 69, 500, -5, 4, 2, -9, -1, false, false, 1),
            new Feature(
                "empty",
                0,
                569,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                false,
                false,
                1),
            new Feature(STRANGE_NAMES.get(1), 569, 0, 12, 9, 3, 3, 21, false, false, 1),
            new Feature(
                STRANGE_NAMES.get(7), 569, 0, 2, 9, 3, Double.NaN, Double.NaN, false, false, 1));
    IntStream.range(0, Math.min(count - 1, special.size()))
        .forEach(j -> features[j] = special.get(j));
    return Arrays.asList(features);
  }
}
