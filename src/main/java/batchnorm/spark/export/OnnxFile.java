package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.normalize.Coefficients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Affine map of features as an ONNX model, opset 13:
 *
 * <pre>
 *   columns [N, 1] each -> Concat -.
 *                  column [N, C] --+-> Sub(center) -> BatchNormalization -+-> column [N, C]
 *                                                                         '-> Split -> columns
 * </pre>
 *
 * <p>{@code Sub} subtracts the center; in float32 a second one subtracts the rounding error of the
 * center. {@code BatchNormalization} multiplies by its scale and adds its B; its mean is 0, its
 * variance 1 and its epsilon 0. By definition, one {@code BatchNormalization} with mean and
 * variance would be enough. But engines compute it as {@code x * scale' + B'} and lose the digits
 * of features whose mean is large relative to their deviation. Also, its epsilon is a float32 in
 * models of any type. Decision record 0013 has the figures.
 *
 * <p>NaN stays NaN. In float32 a constant feature's center is rounded like its values, so that
 * these still map to beta.
 *
 * <p>Field numbers of the messages below are those of onnx.proto.
 */
public final class OnnxFile {
  private static final int OPSET = 13;

  /** Version of the format for opset 13. */
  private static final int IR_VERSION = 7;

  /** TensorProto.DataType. */
  private static final int FLOAT = 1;

  private static final int DOUBLE = 11;

  /** AttributeProto.AttributeType. */
  private static final int ATTRIBUTE_FLOAT = 1;

  private static final int ATTRIBUTE_INT = 2;

  /**
   * Columns of a model.
   *
   * @param names the names of the columns
   * @param isVector true if one column has all features
   */
  public record Columns(List<String> names, boolean isVector) {}

  private final Coefficients coefficients;
  private final Dtype type;
  private final int elements;
  private final List<ProtobufMessage> nodes = new ArrayList<>();
  private final List<ProtobufMessage> initializers = new ArrayList<>();
  private final List<ProtobufMessage> inputValues = new ArrayList<>();
  private final List<ProtobufMessage> outputValues = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();

  private OnnxFile(Coefficients coefficients, Dtype type) {
    this.coefficients = coefficients;
    this.type = type;
    elements = type == Dtype.FLOAT32 ? FLOAT : DOUBLE;
  }

  /**
   * Returns the bytes of a model.
   *
   * @param isConstant true for constant features
   * @param features the names of the features
   * @param metadata further metadata, by name
   * @throws IllegalArgumentException if a number is beyond the range of the type
   */
  public static byte[] bytes(
      Coefficients coefficients,
      IntPredicate isConstant,
      Columns inputs,
      Columns outputs,
      Dtype type,
      String[] features,
      Map<String, String> metadata) {
    OnnxFile file = new OnnxFile(coefficients, type);
    file.addGraph(isConstant, inputs, outputs, features);
    return file.model(features, metadata).toBytes();
  }

  /** ModelProto. */
  private ProtobufMessage model(String[] features, Map<String, String> metadata) {
    ProtobufMessage model =
        new ProtobufMessage()
            .integer(1, IR_VERSION)
            .text(2, "batchnorm-spark")
            .text(6, "y = gamma * (x - mean) / sqrt(variance + eps) + beta")
            .message(7, graph())
            .message(8, new ProtobufMessage().text(1, "").integer(2, OPSET))
            .message(14, entry("feature_names", StrictJson.array(features)));
    metadata.forEach((key, value) -> model.message(14, entry(key, value)));
    return model;
  }

  /** StringStringEntryProto. */
  private static ProtobufMessage entry(String key, String value) {
    return new ProtobufMessage().text(1, key).text(2, value);
  }

  /** GraphProto. */
  private ProtobufMessage graph() {
    ProtobufMessage graph = new ProtobufMessage();
    nodes.forEach(node -> graph.message(1, node));
    graph.text(2, "batchnorm");
    initializers.forEach(tensor -> graph.message(5, tensor));
    inputValues.forEach(value -> graph.message(11, value));
    outputValues.forEach(value -> graph.message(12, value));
    return graph;
  }

  private void addGraph(
      IntPredicate isConstant, Columns inputs, Columns outputs, String[] features) {
    int size = coefficients.features();
    inputs.names.forEach(name -> inputValues.add(value(taken(name), inputs.isVector ? size : 1)));
    List<String> written = outputs.names.stream().map(this::outputName).toList();
    written.forEach(name -> outputValues.add(value(name, outputs.isVector ? size : 1)));

    String joined = inputs.isVector ? inputs.names.get(0) : free("features");
    if (!inputs.isVector) {
      nodes.add(node("Concat", inputs.names, List.of(joined)).message(5, integer("axis", 1)));
    }
    String mapped = outputs.isVector ? written.get(0) : free("normalized");
    addMap(isConstant, features, joined, mapped);
    if (!outputs.isVector) {
      nodes.add(node("Split", List.of(mapped), written).message(5, integer("axis", 1)));
    }
  }

  private void addMap(IntPredicate isConstant, String[] features, String from, String to) {
    int size = coefficients.features();
    double[] numbers = coefficients.numbers();
    double[] center = Arrays.copyOfRange(numbers, 0, size);
    double[] scale = Arrays.copyOfRange(numbers, size, 2 * size);
    double[] shift = Arrays.copyOfRange(numbers, 2 * size, 3 * size);
    double[] remainder = new double[size];
    for (int j = 0; j < size; j++) {
      type.requireHolds("The center", features[j], center[j]);
      type.requireHolds("The scale", features[j], scale[j]);
      type.requireHolds("The shift", features[j], shift[j]);
      if (type == Dtype.FLOAT32 && scale[j] != 0 && Math.abs(scale[j]) < Float.MIN_NORMAL) {
        throw ExportErrors.beyondFloat32("The scale", features[j], scale[j]);
      }
      remainder[j] = isConstant.test(j) ? 0 : center[j] - type.rounded(center[j]);
    }
    double[] zeros = new double[size];
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    String centred = subtracted(from, "center", center);
    if (!Arrays.equals(remainder, zeros)) {
      centred = subtracted(centred, "remainder", remainder);
    }
    nodes.add(
        node(
                "BatchNormalization",
                List.of(
                    centred,
                    tensor("scale", scale),
                    tensor("B", shift),
                    tensor("mean", zeros),
                    tensor("variance", ones)),
                List.of(to))
            .message(5, real("epsilon", 0)));
  }

  /** Subtracts a number for each feature and returns the name of the result. */
  private String subtracted(String from, String wanted, double[] numbers) {
    String number = tensor(wanted, numbers);
    String result = free("less_" + wanted);
    nodes.add(node("Sub", List.of(from, number), List.of(result)));
    return result;
  }

  /**
   * Returns the name of an output; if it replaces an input, another name, since names must be
   * unique.
   */
  private String outputName(String column) {
    return taken.contains(column) ? free(column + "_output") : taken(column);
  }

  private String taken(String name) {
    taken.add(name);
    return name;
  }

  /** Returns {@code wanted}, or a similar name that is not used. */
  private String free(String wanted) {
    String name = wanted;
    while (!taken.add(name)) {
      name += "_";
    }
    return name;
  }

  /** NodeProto; its attributes are field 5. */
  private static ProtobufMessage node(String operator, List<String> from, List<String> to) {
    ProtobufMessage node = new ProtobufMessage();
    from.forEach(name -> node.text(1, name));
    to.forEach(name -> node.text(2, name));
    return node.text(4, operator);
  }

  /** AttributeProto of an integer. */
  private static ProtobufMessage integer(String name, long value) {
    return new ProtobufMessage().text(1, name).integer(3, value).integer(20, ATTRIBUTE_INT);
  }

  /** AttributeProto of a float. */
  private static ProtobufMessage real(String name, float value) {
    return new ProtobufMessage().text(1, name).float32(2, value).integer(20, ATTRIBUTE_FLOAT);
  }

  /** Adds a TensorProto of a number for each feature and returns its name. */
  private String tensor(String wanted, double[] numbers) {
    String name = free(wanted);
    initializers.add(
        new ProtobufMessage()
            .integer(1, numbers.length)
            .integer(2, elements)
            .text(8, name)
            .bytes(9, type.bytes(numbers)));
    return name;
  }

  /** ValueInfoProto of a table with any number of rows: the tensor's type and shape. */
  private ProtobufMessage value(String name, int columns) {
    ProtobufMessage shape =
        new ProtobufMessage()
            .message(1, new ProtobufMessage().text(2, "N"))
            .message(1, new ProtobufMessage().integer(1, columns));
    ProtobufMessage tensor = new ProtobufMessage().integer(1, elements).message(2, shape);
    return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
  }
}
