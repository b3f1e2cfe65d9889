package batchnorm.spark;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.export.JsonType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.param.Param;

/** The params of a model in a JSON file: all but those of groups, which such a model has not. */
final class JsonParams {
  /** In the order of the file. */
  private static final Map<String, JsonType> TYPES = new LinkedHashMap<>();

  static {
    TYPES.put("inputCol", JsonType.TEXT);
    TYPES.put("inputCols", JsonType.TEXTS);
    TYPES.put("outputCol", JsonType.TEXT);
    TYPES.put("outputCols", JsonType.TEXTS);
    TYPES.put("withMean", JsonType.BOOLEAN);
    TYPES.put("withStd", JsonType.BOOLEAN);
    TYPES.put("eps", JsonType.NUMBER);
    TYPES.put("correction", JsonType.INTEGER);
    TYPES.put("gamma", JsonType.NUMBERS);
    TYPES.put("beta", JsonType.NUMBERS);
    TYPES.put("inverted", JsonType.BOOLEAN);
    TYPES.put("handleInvalid", JsonType.TEXT);
    TYPES.put("weightCol", JsonType.TEXT);
    TYPES.put("aggregationDepth", JsonType.INTEGER);
    TYPES.put("maxSliceBytes", JsonType.INTEGER);
    TYPES.put("runningStatistics", JsonType.TEXT);
    TYPES.put("momentum", JsonType.NUMBER);
  }

  /** The eps of a file of format 1 that names none, whatever the default of the stage is. */
  private static final String EPS_OF_FORMAT_1 = "1e-5";

  private JsonParams() {}

  /** The params that are set or have a default; not the default of the output, which the uid is. */
  static Map<String, String> of(BatchNormModel model) {
    Map<String, String> params = new LinkedHashMap<>();
    for (String name : TYPES.keySet()) {
      Param<?> param = model.getParam(name);
      if (param.name().equals("outputCol") ? model.isSet(param) : model.isDefined(param)) {
        params.put(name, encoded(model, param));
      }
    }
    return params;
  }

  /**
   * Sets {@code params} on {@code model}, except those that are its defaults.
   *
   * @throws IllegalArgumentException if one is unknown or has a value it cannot have
   */
  static void set(BatchNormModel model, Map<String, String> params, String file) {
    set(model, model.eps(), params.getOrDefault("eps", EPS_OF_FORMAT_1), file);
    params.forEach(
        (name, value) -> {
          if (!TYPES.containsKey(name)) {
            throw ExportErrors.notAJsonModel(file, "it has the unknown parameter '" + name + "'");
          }
          set(model, model.getParam(name), value, file);
        });
  }

  private static <T> void set(BatchNormModel model, Param<T> param, String json, String file) {
    // Spark's own decoding takes null for false, and of a number the lowest bits.
    if (!TYPES.get(param.name()).isTypeOf(json)) {
      throw ExportErrors.notAJsonModel(file, "its parameter " + param.name() + " is " + json);
    }
    T value = param.jsonDecode(json);
    boolean isDefault =
        model.hasDefault(param)
            && !param.name().equals("outputCol")
            && encoded(model, param).equals(param.jsonEncode(value));
    if (!isDefault) {
      model.set(param, value);
    }
  }

  private static <T> String encoded(BatchNormModel model, Param<T> param) {
    return param.jsonEncode(model.getOrDefault(param));
  }
}
