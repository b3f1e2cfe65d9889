package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.errors.SavedModelErrors;
import batchnorm.spark.moments.FeatureExtension;
import batchnorm.spark.moments.IntegerMean;
import batchnorm.spark.moments.ScaledDouble;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.ExponentialAverage;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.RunningMode;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * Model as one JSON object, for people and other programs. Its schema is {@code model.schema.json}
 * in this package.
 *
 * <pre>
 *   format             "batchnorm-spark"
 *   formatVersion      1
 *   uid                text
 *   parameters         by name, in Spark ML's encoding
 *   rows               the number of fitted rows, or their total weight
 *   numBatchesTracked  for running statistics; exponential ones resume from it
 *   features           a list of name (null in a vector without names), count, missing, mean,
 *                      variance, and min and max if they are known; for few features also
 *                      scaledVariance and integerMean
 * </pre>
 *
 * <p>The variance is that of the model's correction. Numbers are written with enough digits to
 * distinguish them from every other double. NaN and infinite ones are the texts "NaN", "Infinity"
 * and "-Infinity", since JSON has no such numbers.
 *
 * <p>The exact sums are not included: a model read from JSON has known statistics. It maps the
 * same, bit for bit, but cannot be merged. Exponential running statistics can still be updated.
 *
 * @param uid the uid of the model
 * @param parameters the values of the parameters, by name
 * @param learned the source of the statistics
 * @param names the names of the features, if they have any
 */
public record JsonModel(
    String uid, Map<String, JsonNode> parameters, Learned learned, Optional<String[]> names) {
  private static final String FORMAT = "batchnorm-spark";
  private static final int VERSION = 1;

  /** Maximum length of an array in every JVM. */
  private static final long LONGEST_FILE = Integer.MAX_VALUE - 8L;

  private static final Set<String> KEYS =
      Set.of(
          "format", "formatVersion", "uid", "parameters", "rows", "numBatchesTracked", "features");

  private static final Set<String> FEATURE_KEYS =
      Set.of(
          "name",
          "count",
          "missing",
          "mean",
          "variance",
          "min",
          "max",
          "scaledVariance",
          "integerMean");

  /**
   * Maximum exponent of a scaled variance; exponents are even, and no variance of doubles exceeds
   * this one.
   */
  private static final int GREATEST_EXPONENT = 10_000;

  /**
   * Returns the statistics that are read from the file.
   *
   * @param correction the correction of the model's variance: 0 or 1
   */
  public Statistics known(int correction) {
    Statistics statistics = learned.statistics();
    double[] mean = new double[statistics.size()];
    double[] variance = new double[mean.length];
    Map<Integer, FeatureExtension> extensions = new TreeMap<>();
    for (int j = 0; j < mean.length; j++) {
      mean[j] = statistics.mean(j);
      variance[j] = statistics.variance(j, correction);
      FeatureExtension extension = statistics.extension(j);
      ScaledDouble scaled = extension.variance(correction).orElse(null);
      extensions.put(j, new FeatureExtension(extension.mean(), scaled, scaled));
    }
    return Statistics.known(mean, variance, variance, extensions);
  }

  /**
   * Returns the text of this model, in UTF-8.
   *
   * @param correction the correction of the model's variance: 0 or 1
   */
  public byte[] bytes(int correction) throws IOException {
    ObjectNode root = StrictJson.object();
    root.put("format", FORMAT).put("formatVersion", VERSION).put("uid", uid);
    ObjectNode written = root.putObject("parameters");
    parameters.forEach(written::set);
    root.put("rows", learned.count());
    learned.running().ifPresent(running -> root.put("numBatchesTracked", running.batches()));
    Statistics statistics = learned.statistics();
    ArrayNode features = root.putArray("features");
    for (int j = 0; j < statistics.size(); j++) {
      ObjectNode feature = features.addObject();
      feature.put("name", names.isPresent() ? names.get()[j] : null);
      feature.put("count", learned.count(j)).put("missing", learned.missing(j));
      feature.set("mean", number(feature, statistics.mean(j)));
      feature.set("variance", number(feature, statistics.variance(j, correction)));
      if (!Double.isNaN(learned.min(j))) {
        feature.put("min", learned.min(j)).put("max", learned.max(j));
      }
      putExtension(feature, statistics.extension(j), correction);
    }
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(lines);
    printer.indentArraysWith(lines);
    return (StrictJson.write(root, printer) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void putExtension(ObjectNode feature, FeatureExtension extension, int correction) {
    extension
        .variance(correction)
        .ifPresent(
            scaled ->
                feature
                    .putObject("scaledVariance")
                    .put("significand", scaled.significand())
                    .put("exponent", scaled.exponent()));
    extension
        .integerMean()
        .ifPresent(
            mean ->
                feature
                    .putObject("integerMean")
                    .put("whole", mean.whole())
                    .put("fraction", mean.fraction()));
  }

  private static JsonNode number(ObjectNode parent, double number) {
    return Double.isFinite(number)
        ? parent.numberNode(number)
        : parent.textNode(Double.toString(number));
  }

  /**
   * Reads a model.
   *
   * @throws IllegalArgumentException if the file contains anything else
   */
  public static JsonModel read(SingleFile file) throws IOException {
    long length = file.length();
    if (length > LONGEST_FILE) {
      throw ExportErrors.notAJsonModel(
          file.name(), "it has " + length + " bytes, and no such file has 2 GiB");
    }
    byte[] bytes = new byte[(int) length];
    try (FSDataInputStream in = file.open()) {
      in.readFully(0, bytes);
    }
    JsonNode root;
    try {
      root = StrictJson.read(StrictJson.text(bytes));
    } catch (CharacterCodingException e) {
      throw ExportErrors.notAJsonModel(file.name(), "it is not UTF-8");
    } catch (JsonProcessingException e) {
      throw ExportErrors.notAJsonModel(file.name(), e.getOriginalMessage());
    }
    return new Reader(file.name()).model(root);
  }

  /** Reads the parts of a model, and requires that each conforms to the schema. */
  private record Reader(String file) {

    JsonModel model(JsonNode root) {
      require(root.path("format").asText().equals(FORMAT), "its format is not " + FORMAT);
      JsonNode version = root.path("formatVersion");
      require(version.isInt(), "it has no formatVersion");
      if (version.intValue() > VERSION) {
        throw SavedModelErrors.newerFormat(file, version.intValue(), VERSION);
      }
      require(version.intValue() == VERSION, "its formatVersion is " + version);
      requireKeys(root, KEYS, "it");
      JsonNode uid = root.path("uid");
      require(uid.isTextual() && !uid.textValue().isBlank(), "it has no uid");
      Map<String, JsonNode> parameters = parameters(root.path("parameters"));
      Statistics statistics = statistics(root.path("features"));
      count(root.path("rows"), "rows");
      long batches = count(root.path("numBatchesTracked"), "numBatchesTracked");
      Learned learned = learned(statistics, parameters, batches);
      return new JsonModel(uid.textValue(), parameters, learned, names(root.get("features")));
    }

    private Learned learned(Statistics statistics, Map<String, JsonNode> parameters, long batches) {
      JsonNode mode = parameters.get("runningStatistics");
      if (mode == null || !mode.asText().equals(RunningMode.EXPONENTIAL.text())) {
        return Learned.known(statistics);
      }
      int size = statistics.size();
      double[] mean = new double[size];
      double[] variance = new double[size];
      for (int j = 0; j < size; j++) {
        mean[j] = statistics.mean(j);
        variance[j] = statistics.variance(j, 0);
        require(!Double.isNaN(mean[j]), "running statistics are not NaN, but feature " + j + " is");
      }
      return Learned.known(new ExponentialAverage(mean, variance, batches));
    }

    private Map<String, JsonNode> parameters(JsonNode found) {
      require(found.isObject(), "its parameters are not an object");
      Map<String, JsonNode> parameters = new LinkedHashMap<>();
      found.properties().forEach(field -> parameters.put(field.getKey(), field.getValue()));
      return parameters;
    }

    private Statistics statistics(JsonNode features) {
      require(features.isArray() && !features.isEmpty(), "it has no list of features");
      double[] mean = new double[features.size()];
      double[] variance = new double[features.size()];
      Map<Integer, FeatureExtension> extensions = new TreeMap<>();
      for (int j = 0; j < mean.length; j++) {
        JsonNode feature = features.get(j);
        requireKeys(feature, FEATURE_KEYS, "feature " + j);
        count(feature.path("count"), "count of feature " + j);
        count(feature.path("missing"), "missing of feature " + j);
        mean[j] = number(feature.path("mean"), "mean of feature " + j);
        variance[j] = number(feature.path("variance"), "variance of feature " + j);
        require(!Double.isInfinite(mean[j]), "the mean of feature " + j + " is infinite");
        require(!(variance[j] < 0), "the variance of feature " + j + " is negative");
        require(
            Double.isNaN(mean[j]) == Double.isNaN(variance[j]),
            "of mean and variance of feature " + j + " one is NaN");
        requireExtremes(feature, j);
        ScaledDouble scaled = scaledVariance(feature.path("scaledVariance"), variance[j], j);
        IntegerMean integerMean = integerMean(feature.path("integerMean"), mean[j], j);
        extensions.put(j, new FeatureExtension(integerMean, scaled, scaled));
      }
      return Statistics.known(mean, variance, variance, extensions);
    }

    /** Requires that minimum and maximum, which the model does not keep, are possible. */
    private void requireExtremes(JsonNode feature, int j) {
      if (feature.has("min") || feature.has("max")) {
        double min = number(feature.path("min"), "min of feature " + j);
        double max = number(feature.path("max"), "max of feature " + j);
        require(
            Double.isFinite(min) && Double.isFinite(max) && min <= max,
            "min and max of feature " + j + " are " + min + " and " + max);
      }
    }

    /**
     * Reads the scaled variance, which must agree with the variance within the range of double;
     * null if there is none.
     */
    private ScaledDouble scaledVariance(JsonNode found, double variance, int j) {
      if (found.isMissingNode()) {
        return null;
      }
      String what = "scaledVariance of feature " + j;
      requireKeys(found, Set.of("significand", "exponent"), what);
      double significand = number(found.path("significand"), "significand of " + what);
      JsonNode exponent = found.path("exponent");
      require(
          exponent.isInt()
              && exponent.intValue() % 2 == 0
              && Math.abs(exponent.intValue()) <= GREATEST_EXPONENT,
          "exponent of " + what + " is " + (exponent.isMissingNode() ? "missing" : exponent));
      double rounded = Math.scalb(significand, exponent.intValue());
      require(
          Double.isFinite(significand)
              && (significand > 0 && Math.abs(rounded - variance) <= Double.MIN_VALUE
                  || rounded == Double.POSITIVE_INFINITY && variance == rounded),
          what + " is not its variance");
      return new ScaledDouble(significand, exponent.intValue());
    }

    /**
     * Reads the integer mean, which must agree with the mean within the precision of double; null
     * if there is none.
     */
    private IntegerMean integerMean(JsonNode found, double mean, int j) {
      if (found.isMissingNode()) {
        return null;
      }
      String what = "integerMean of feature " + j;
      requireKeys(found, Set.of("whole", "fraction"), what);
      JsonNode whole = found.path("whole");
      require(
          whole.isIntegralNumber() && whole.canConvertToLong(),
          "whole of " + what + " is " + (whole.isMissingNode() ? "missing" : whole));
      double fraction = number(found.path("fraction"), "fraction of " + what);
      require(
          Math.abs(fraction) <= 0.5
              && Math.abs(whole.longValue() + fraction - mean) <= Math.ulp(mean),
          what + " is not its mean");
      return new IntegerMean(whole.longValue(), fraction);
    }

    private Optional<String[]> names(JsonNode features) {
      String[] names = new String[features.size()];
      int named = 0;
      for (int j = 0; j < names.length; j++) {
        JsonNode name = features.get(j).path("name");
        require(
            name.isMissingNode() || name.isNull() || name.isTextual() && !name.asText().isEmpty(),
            "the name of feature " + j + " is " + name);
        names[j] = name.isTextual() ? name.textValue() : null;
        named += name.isTextual() ? 1 : 0;
      }
      require(named == 0 || named == names.length, "only some features have a name");
      return named == 0 ? Optional.empty() : Optional.of(names);
    }

    private long count(JsonNode found, String what) {
      require(
          found.isMissingNode()
              || found.isIntegralNumber() && found.canConvertToLong() && found.longValue() >= 0,
          what + " is " + found);
      return found.longValue();
    }

    private double number(JsonNode found, String what) {
      if (found.isNumber()) {
        require(Double.isFinite(found.doubleValue()), what + " is beyond the range of double");
        return found.doubleValue();
      }
      return switch (found.asText()) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default ->
            throw ExportErrors.notAJsonModel(
                file, what + " is " + (found.isMissingNode() ? "missing" : found));
      };
    }

    private void requireKeys(JsonNode found, Set<String> known, String what) {
      found
          .fieldNames()
          .forEachRemaining(
              key -> require(known.contains(key), what + " has the unknown key '" + key + "'"));
    }

    private void require(boolean holds, String otherwise) {
      if (!holds) {
        throw ExportErrors.notAJsonModel(file, otherwise);
      }
    }
  }
}
