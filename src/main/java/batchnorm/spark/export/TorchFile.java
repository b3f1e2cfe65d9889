package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.DoublePredicate;

/**
 * BatchNorm layer as a safetensors file, whose tensors are the layer's {@code state_dict}:
 *
 * <pre>
 *   num_batches_tracked  int64 []
 *   running_mean         float64 or float32 [C]
 *   running_var          likewise
 *   weight               likewise
 *   bias                 likewise
 * </pre>
 *
 * <p>The metadata has the settings that a state_dict lacks: {@code eps}, {@code momentum} ({@code
 * None} for a plain average) and {@code feature_names}, a JSON array. Files of other programs may
 * lack it.
 *
 * <p>A file of a whole network can be read, too. Its names, and the keys of the metadata, have the
 * layer's name as prefix: {@code features.1.running_mean}.
 */
public final class TorchFile {
  private static final String MEAN = "running_mean";
  private static final String VARIANCE = "running_var";
  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";
  private static final String BATCHES = "num_batches_tracked";
  private static final String EPS = "eps";
  private static final String MOMENTUM = "momentum";
  private static final String NAMES = "feature_names";

  /** Text for PyTorch's {@code momentum=None}. */
  private static final String NO_MOMENTUM = "None";

  private final Safetensors tensors;
  private final String file;
  private final String layer;
  private final String prefix;

  private TorchFile(Safetensors tensors, String file, String layer) {
    this.tensors = tensors;
    this.file = file;
    this.layer = layer;
    prefix = layer.isEmpty() ? "" : layer + ".";
  }

  /**
   * Returns the bytes of a file of {@code layer}.
   *
   * @param type the type of the numbers
   * @param features the names of the features, for errors
   * @throws IllegalArgumentException if a number is beyond the range of the type
   */
  public static byte[] bytes(TorchLayer layer, Dtype type, String[] features) {
    layer.requireWithin(type, features);
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("producer", "batchnorm-spark");
    metadata.put(EPS, Double.toString(layer.eps()));
    layer.momentum().value().ifPresent(value -> metadata.put(MOMENTUM, Double.toString(value)));
    if (layer.momentum().isPlainAverage()) {
      metadata.put(MOMENTUM, NO_MOMENTUM);
    }
    layer.names().ifPresent(names -> metadata.put(NAMES, StrictJson.array(names)));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(BATCHES, Tensor.of(layer.batches()));
    tensors.put(MEAN, Tensor.of(type, layer.mean()));
    tensors.put(VARIANCE, Tensor.of(type, layer.variance()));
    tensors.put(WEIGHT, Tensor.of(type, layer.weight().orElseThrow()));
    tensors.put(BIAS, Tensor.of(type, layer.bias().orElseThrow()));
    return Safetensors.bytes(metadata, tensors);
  }

  /**
   * Reads the only BatchNorm layer of a file.
   *
   * @throws IllegalArgumentException if the file has no layer or several, or is incomplete
   */
  public static TorchLayer read(SingleFile file) throws IOException {
    Safetensors tensors = Safetensors.open(file);
    List<String> layers = layers(tensors);
    if (layers.size() != 1) {
      throw ExportErrors.notOneLayer(file.name(), layers);
    }
    return new TorchFile(tensors, file.name(), layers.get(0)).layer();
  }

  /**
   * Reads BatchNorm layer {@code layer} of a file.
   *
   * @param layer prefix of the layer's tensors: the part of their names before {@code
   *     .running_mean}; empty if there is none
   * @throws IllegalArgumentException if the file does not have the layer, or is incomplete
   */
  public static TorchLayer read(SingleFile file, String layer) throws IOException {
    Safetensors tensors = Safetensors.open(file);
    List<String> layers = layers(tensors);
    if (!layers.contains(layer)) {
      throw ExportErrors.noSuchLayer(file.name(), layer, layers);
    }
    return new TorchFile(tensors, file.name(), layer).layer();
  }

  /** Returns the layers with running statistics. */
  private static List<String> layers(Safetensors tensors) {
    Set<String> names = tensors.header().entries().keySet();
    List<String> layers = new ArrayList<>();
    for (String name : names) {
      if (name.equals(MEAN) || name.endsWith("." + MEAN)) {
        String prefix = name.substring(0, name.length() - MEAN.length());
        if (names.contains(prefix + VARIANCE)) {
          layers.add(prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1));
        }
      }
    }
    layers.sort(null);
    return layers;
  }

  private TorchLayer layer() throws IOException {
    double[] mean = finite(MEAN, OptionalInt.empty());
    OptionalInt size = OptionalInt.of(mean.length);
    double[] variance = numbers(VARIANCE, size, value -> value >= 0, "numbers of at least 0");
    Optional<double[]> weight = has(WEIGHT) ? Optional.of(finite(WEIGHT, size)) : Optional.empty();
    Optional<double[]> bias = has(BIAS) ? Optional.of(finite(BIAS, size)) : Optional.empty();
    return new TorchLayer(
        mean, variance, weight, bias, batches(), eps(), momentum(), names(mean.length));
  }

  private boolean has(String name) {
    return tensors.header().entries().containsKey(prefix + name);
  }

  private double[] finite(String name, OptionalInt size) throws IOException {
    return numbers(name, size, Double::isFinite, "finite numbers");
  }

  private double[] numbers(
      String name, OptionalInt size, DoublePredicate valid, String expectedValues)
      throws IOException {
    SafetensorsHeader.Entry entry = tensors.header().entries().get(prefix + name);
    String expected = size.isPresent() ? "[" + size.getAsInt() + "]" : "[features]";
    boolean fits =
        entry.shape().size() == 1
            && entry.shape().get(0) > 0
            && entry.shape().get(0) <= Integer.MAX_VALUE / Double.BYTES
            && (size.isEmpty() || entry.shape().get(0) == size.getAsInt());
    if (!fits || !Tensor.isReadable(entry.type())) {
      throw ExportErrors.wrongTensor(
          file,
          prefix + name,
          entry.type() + " " + entry.shape(),
          "F64, F32, F16 or BF16 " + expected);
    }
    double[] numbers = tensors.tensor(prefix + name).doubles();
    for (int j = 0; j < numbers.length; j++) {
      if (!valid.test(numbers[j])) {
        throw ExportErrors.invalidTensorValue(file, prefix + name, j, numbers[j], expectedValues);
      }
    }
    return numbers;
  }

  private long batches() throws IOException {
    if (!has(BATCHES)) {
      return 0;
    }
    SafetensorsHeader.Entry entry = tensors.header().entries().get(prefix + BATCHES);
    if (!entry.type().equals("I64") || !entry.shape().isEmpty()) {
      throw ExportErrors.wrongTensor(
          file, prefix + BATCHES, entry.type() + " " + entry.shape(), "I64 []");
    }
    long batches = tensors.tensor(prefix + BATCHES).scalar();
    if (batches < 0) {
      throw ExportErrors.invalidTensorValue(
          file, prefix + BATCHES, 0, batches, "a number of at least 0");
    }
    return batches;
  }

  private Optional<String> metadata(String key) {
    return Optional.ofNullable(tensors.header().metadata().get(prefix + key));
  }

  private double eps() {
    return metadata(EPS)
        .map(text -> number(EPS, text, Double.MAX_VALUE))
        .orElse(TorchLayer.DEFAULT_EPS);
  }

  private TorchLayer.Momentum momentum() {
    return metadata(MOMENTUM)
        .map(
            text ->
                text.equals(NO_MOMENTUM)
                    ? TorchLayer.Momentum.NONE
                    : TorchLayer.Momentum.of(number(MOMENTUM, text, 1)))
        .orElse(TorchLayer.Momentum.UNKNOWN);
  }

  private double number(String key, String text, double most) {
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!(number >= 0 && number <= most)) {
      throw ExportErrors.invalidMetadata(file, prefix + key, text);
    }
    return number;
  }

  private Optional<String[]> names(int features) {
    return metadata(NAMES).map(text -> names(text, features));
  }

  private String[] names(String text, int features) {
    JsonNode found;
    try {
      found = StrictJson.read(text);
    } catch (JsonProcessingException e) {
      throw ExportErrors.invalidMetadata(file, prefix + NAMES, text);
    }
    if (!found.isArray() || found.size() != features) {
      throw ExportErrors.invalidMetadata(file, prefix + NAMES, text);
    }
    String[] names = new String[features];
    for (int j = 0; j < features; j++) {
      names[j] = found.get(j).asText();
      if (!found.get(j).isTextual() || names[j].isEmpty()) {
        throw ExportErrors.invalidMetadata(file, prefix + NAMES, text);
      }
    }
    return names;
  }
}
