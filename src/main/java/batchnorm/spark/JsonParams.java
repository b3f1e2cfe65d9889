package batchnorm.spark;

import batchnorm.spark.errors.ExportErrors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.Param;

/** The params of a model in a JSON file: all but those of groups, which such a model has not. */
final class JsonParams {
  private static final List<String> NAMES =
      List.of(
          "inputCol",
          "inputCols",
          "outputCol",
          "outputCols",
          "withMean",
          "withStd",
          "eps",
          "correction",
          "gamma",
          "beta",
          "inverted",
          "handleInvalid",
          "weightCol",
          "aggregationDepth",
          "maxSliceBytes",
          "runningStatistics",
          "momentum");

  private JsonParams() {}

  /** The params that are set or have a default; not the default of the output, which the uid is. */
  static Map<String, String> of(BatchNormModel model) {
    Map<String, String> params = new LinkedHashMap<>();
    for (String name : NAMES) {
      Param<?> param = model.getParam(name);
      if (param.name().equals("outputCol") ? model.isSet(param) : model.isDefined(param)) {
        params.put(name, encoded(model, param));
      }
    }
    return params;
  }

  /**
   * Sets {@code params} on {@code model}, but for what is the default.
   *
   * @throws IllegalArgumentException if one is unknown or has a value it cannot have
   */
  static void set(BatchNormModel model, Map<String, String> params, String file) {
    params.forEach(
        (name, value) -> {
          if (!NAMES.contains(name)) {
            throw ExportErrors.notAJsonModel(file, "it has the unknown parameter '" + name + "'");
          }
          set(model, model.getParam(name), value, file);
        });
  }

  private static <T> void set(BatchNormModel model, Param<T> param, String json, String file) {
    T value;
    try {
      value = param.jsonDecode(json);
    } catch (RuntimeException e) {
      throw ExportErrors.notAJsonModel(file, "its parameter " + param.name() + " is " + json);
    }
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
