package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A model's statistics for machines: one JSON object. JSON has no NaN and no infinite numbers; they
 * are the strings "NaN", "Infinity" and "-Infinity", which Java's, Python's and Jackson's parsers
 * of doubles take, so that nothing is lost.
 */
final class SummaryJson {
  private SummaryJson() {}

  /** Returns the object, on several lines. */
  static String of(BatchNormModel model) {
    ObjectNode object = new ObjectMapper().createObjectNode();
    object
        .put("uid", model.uid())
        .put("rows", model.count())
        .put("numFeatures", model.numFeatures())
        .put("withMean", model.getWithMean())
        .put("withStd", model.getWithStd())
        .put("eps", model.getEps())
        .put("correction", model.getCorrection())
        .put("handleInvalid", model.getHandleInvalid());
    ArrayNode columns = object.putArray("columns");
    for (FeatureSummary feature : FeatureSummary.of(model)) {
      ObjectNode column = columns.addObject();
      column
          .put("name", feature.name())
          .put("count", feature.count())
          .put("missing", feature.missing());
      put(column, "mean", feature.mean());
      put(column, "std", feature.std());
      put(column, "variance", feature.variance());
      column.put("constant", feature.constant()).put("smallerThanEps", feature.smallerThanEps());
    }
    return object.toPrettyString();
  }

  private static void put(ObjectNode object, String key, double number) {
    if (Double.isFinite(number)) {
      object.put(key, number);
    } else {
      object.put(key, Double.toString(number));
    }
  }
}
