package batchnorm.spark.cli;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.ShownParam;
import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.export.StrictJson;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.RunningMode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import org.apache.spark.ml.param.DoubleArrayParam;

/**
 * A model's statistics for machines: one JSON object. JSON has no NaN and no infinite numbers; they
 * are the strings "NaN", "Infinity" and "-Infinity", as Jackson writes them. The parsers of doubles
 * in Java, Python and Jackson accept these.
 */
final class SummaryJson {
  private SummaryJson() {}

  /**
   * Returns the object, on several lines, of {@code rows}, no more than {@code most} of the model's
   * summary. If these are all it may return, it says how many more there are.
   */
  static String of(BatchNormModel model, SummaryRows rows, int most) {
    ObjectNode object = new ObjectMapper().createObjectNode();
    object
        .put("uid", model.uid())
        .put("rows", model.count())
        .put("numFeatures", model.numFeatures());
    for (ShownParam shown : model.shared().shown()) {
      boolean ofEachFeature = shown.param() instanceof DoubleArrayParam;
      if (!ofEachFeature) {
        object.set(shown.param().name(), StrictJson.of(shown.json()));
      }
    }
    if (Choice.of(RunningMode.class, model.getRunningStatistics()) != RunningMode.POOLED) {
      object.put("numBatchesTracked", model.numBatchesTracked());
    }
    putColumns(object, rows, most);
    return object.toPrettyString();
  }

  /** Adds {@code rows}, no more than {@code most} of a summary. */
  static void putColumns(ObjectNode object, SummaryRows rows, int most) {
    List<String> groupColumns = rows.groupColumns();
    List<FeatureSummary> listed = rows.listed();
    ArrayNode columns = object.putArray("columns");
    for (FeatureSummary feature : listed) {
      ObjectNode column = columns.addObject();
      if (!groupColumns.isEmpty()) {
        putGroup(column.putObject("group"), groupColumns, feature.group());
      }
      column
          .put("name", feature.name())
          .put("count", feature.count())
          .put("missing", feature.missing())
          .put("mean", feature.mean())
          .put("std", feature.std())
          .put("variance", feature.variance())
          .put("min", FeatureSummary.orNull(feature.min()))
          .put("max", FeatureSummary.orNull(feature.max()))
          .put("constant", feature.constant())
          .put("smallerThanEps", feature.smallerThanEps())
          .put("stdAfter", feature.stdAfter());
      feature.uses().ifPresent(uses -> column.put("uses", uses));
    }
    if (listed.size() == most) {
      object.put("furtherColumns", rows.size() - most);
    }
  }

  /** Returns whole numbers and logical values as such, and all other values as text. */
  private static void putGroup(ObjectNode object, List<String> names, List<Object> values) {
    for (int i = 0; i < names.size(); i++) {
      Object value = values.get(i);
      if (value instanceof Double || value instanceof Float) {
        object.put(names.get(i), ((Number) value).doubleValue());
      } else if (value instanceof Number number && !(value instanceof BigDecimal)) {
        object.put(names.get(i), number.longValue());
      } else if (value instanceof Boolean logical) {
        object.put(names.get(i), logical);
      } else {
        object.put(names.get(i), value == null ? null : value.toString());
      }
    }
  }
}
