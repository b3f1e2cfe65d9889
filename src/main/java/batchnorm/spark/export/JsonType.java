package batchnorm.spark.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
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
