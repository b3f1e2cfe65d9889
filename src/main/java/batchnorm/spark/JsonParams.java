package batchnorm.spark;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.export.JsonType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.param.Param;

/** The params of a model in a JSON file: all but those of groups, which such a model has not. */
final class JsonParams {
  /** The eps of a file of format 1 that names none, whatever the default of the stage is. */
  private static final String EPS_OF_FORMAT_1 = "1e-5";

  private JsonParams() {}

  /** The params that are set or have a default; not the default of the output, which the uid is. */
  static Map<String, String> of(SharedParams params) {
    Map<String, String> written = new LinkedHashMap<>();
    for (String name : params.exported().keySet()) {
      params.encoded(params.stage().getParam(name)).ifPresent(value -> written.put(name, value));
    }
    return written;
  }

  /**
   * Sets what a file says on the stage of {@code params}, except what are its defaults.
   *
   * @throws IllegalArgumentException if one is unknown or has a value it cannot have
   */
  static void set(SharedParams params, Map<String, String> read, String file) {
    set(params, params.eps, read.getOrDefault("eps", EPS_OF_FORMAT_1), file);
    read.forEach(
        (name, value) -> {
          if (!params.exported().containsKey(name)) {
            throw ExportErrors.notAJsonModel(file, "it has the unknown parameter '" + name + "'");
          }
          set(params, params.stage().getParam(name), value, file);
        });
  }

  private static <T> void set(SharedParams params, Param<T> param, String read, String file) {
    JsonType type = params.exported().get(param.name());
    String json = type.asSparkHasIt(read);
    // Spark's own decoding takes null for false, and of a number the lowest bits.
    if (!type.isTypeOf(json)) {
      throw ExportErrors.notAJsonModel(file, "its parameter " + param.name() + " is " + json);
    }
    T value = param.jsonDecode(json);
    Optional<String> before = params.encoded(param);
    if (!before.equals(Optional.of(param.jsonEncode(value)))) {
      params.stage().set(param, value);
    }
  }
}
