package batchnorm.spark;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.export.StrictJson;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * Params of a model in a JSON file: all except those of groups, which such a model does not have.
 */
final class JsonParams {
  /** Eps of a file of format 1 without eps; it does not depend on the stage's default. */
  private static final JsonNode EPS_OF_FORMAT_1 = DoubleNode.valueOf(1e-5);

  private JsonParams() {}

  /**
   * Returns the params that are set or have a default, except the default output, which depends on
   * the uid.
   */
  static Map<String, JsonNode> of(SharedParams params) {
    Map<String, JsonNode> written = new LinkedHashMap<>();
    params
        .exported()
        .forEach(
            (name, param) ->
                params.encoded(param).ifPresent(json -> written.put(name, StrictJson.of(json))));
    return written;
  }

  /**
   * Sets the params of a file on the stage of {@code params}, except values equal to its defaults.
   *
   * @throws IllegalArgumentException if a param is unknown or its value is invalid
   */
  static void set(SharedParams params, Map<String, JsonNode> read, String file) {
    set(params, params.eps, read.getOrDefault("eps", EPS_OF_FORMAT_1), file);
    read.forEach(
        (name, value) -> {
          if (!params.exported().containsKey(name)) {
            throw ExportErrors.notAJsonModel(file, "it has the unknown parameter '" + name + "'");
          }
          set(params, params.exported().get(name), value, file);
        });
  }

  /** Returns the error of a file whose parameters were not accepted. */
  static IllegalArgumentException invalid(String file, IllegalArgumentException why) {
    return ExportErrors.notAJsonModel(
        file, "its parameters do not go together (" + why.getMessage() + ")");
  }

  private static <T> void set(SharedParams params, Param<T> param, JsonNode read, String file) {
    if (!isValue(param, read)) {
      throw ExportErrors.notAJsonModel(file, "its parameter " + param.name() + " is " + read);
    }
    boolean real = param instanceof DoubleParam || param instanceof DoubleArrayParam;
    T value = param.jsonDecode((real ? real(read) : read).toString());
    if (!params.encoded(param).equals(Optional.of(param.jsonEncode(value)))) {
      try {
        params.stage().set(param, value);
      } catch (IllegalArgumentException e) {
        throw invalid(file, e);
      }
    }
  }

  /**
   * Returns whether {@code read} is a value of {@code param}. Spark decodes null as false, and
   * truncates large numbers.
   */
  private static boolean isValue(Param<?> param, JsonNode read) {
    if (param instanceof BooleanParam) {
      return read.isBoolean();
    }
    if (param instanceof IntParam) {
      return read.isIntegralNumber() && read.canConvertToInt();
    }
    if (param instanceof DoubleParam) {
      return read.isNumber();
    }
    if (param instanceof DoubleArrayParam) {
      return isArrayOf(read, JsonNode::isNumber);
    }
    return param instanceof StringArrayParam
        ? isArrayOf(read, JsonNode::isTextual) && !read.isEmpty()
        : read.isTextual();
  }

  private static boolean isArrayOf(JsonNode read, Predicate<JsonNode> element) {
    return read.isArray() && StreamSupport.stream(read.spliterator(), false).allMatch(element);
  }

  /**
   * Returns {@code read} with integers such as 1 as 1.0, since Spark does not decode them as
   * doubles.
   */
  private static JsonNode real(JsonNode read) {
    if (read.isNumber()) {
      return DoubleNode.valueOf(read.doubleValue());
    }
    ArrayNode reals = ((ArrayNode) read).arrayNode();
    read.forEach(one -> reals.add(one.doubleValue()));
    return reals;
  }
}
