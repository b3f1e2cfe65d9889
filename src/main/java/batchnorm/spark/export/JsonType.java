package batchnorm.spark.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.util.function.Predicate;

/** What a value in JSON may be; nothing is taken for anything else, as 1.0 for 1 or null for "". */
public enum JsonType {
  BOOLEAN(JsonNode::isBoolean),
  INTEGER(value -> value.isIntegralNumber() && value.canConvertToInt()),
  NUMBER(JsonNode::isNumber),
  NUMBERS(value -> isArrayOf(value, JsonNode::isNumber)),
  TEXT(JsonNode::isTextual),
  TEXTS(value -> !value.isEmpty() && isArrayOf(value, JsonNode::isTextual));

  private final Predicate<JsonNode> holds;

  JsonType(Predicate<JsonNode> holds) {
    this.holds = holds;
  }

  /** Whether {@code json}, which is JSON, is such a value. */
  public boolean isTypeOf(String json) {
    try {
      return holds.test(StrictJson.read(json));
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Returns {@code json}, which is JSON, with 1.0 for 1, which Spark takes for no real number. */
  public String asSparkHasIt(String json) {
    if (this != NUMBER && this != NUMBERS) {
      return json;
    }
    try {
      return real(StrictJson.read(json)).toString();
    } catch (JsonProcessingException e) {
      return json;
    }
  }

  private static JsonNode real(JsonNode value) {
    if (value.isArray()) {
      ArrayNode reals = StrictJson.object().arrayNode();
      value.forEach(one -> reals.add(real(one)));
      return reals;
    }
    return value.isNumber() ? DoubleNode.valueOf(value.doubleValue()) : value;
  }

  private static boolean isArrayOf(JsonNode value, Predicate<JsonNode> element) {
    if (!value.isArray()) {
      return false;
    }
    for (JsonNode one : value) {
      if (!element.test(one)) {
        return false;
      }
    }
    return true;
  }
}
