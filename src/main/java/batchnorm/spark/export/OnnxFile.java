package batchnorm.spark.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.normalize.Coefficients;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * An affine map of features as an ONNX model, opset 13:
 *
 * <pre>
 *   columns [N, 1] each -> Concat -.
 *                  column [N, C] --+-> Sub(center) -> BatchNormalization -+-> column [N, C]
 *                                                                         '-> Split -> columns
 * </pre>
 *
 * <p>{@code Sub} takes the center away, in float32 another one what float32 loses of the center,
 * and {@code BatchNormalization} multiplies by its scale and adds its B; its mean is 0, its
 * variance 1 and its epsilon 0. One {@code BatchNormalization} of mean and variance would do by its
 * definition, but engines compute it as {@code x * scale' + B'}, and so lose the digits of features
 * whose mean is large against their deviation; and its epsilon is a float32 in models of any type.
 * Decision record 0013 has the figures.
 *
 * <p>NaN stays NaN. In float32 a constant feature's center is rounded as its values are, so that
 * these still map to beta.
 */
public final class OnnxFile {
  private static final int OPSET = 13;

  /** The version of the format that came with opset 13. */
  private static final int IR_VERSION = 7;

  /**
   * The columns of a model.
   *
   * @param names the names of the columns
   * @param isVector true if it is one column of all features
   */
  public record Columns(List<String> names, boolean isVector) {}

  private final Coefficients coefficients;
  private final Numbers type;
  private final TensorProto.DataType elements;
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("batchnorm");
  private final Set<String> taken = new HashSet<>();

  private OnnxFile(Coefficients coefficients, Numbers type) {
    this.coefficients = coefficients;
    this.type = type;
    elements = type == Numbers.FLOAT32 ? TensorProto.DataType.FLOAT : TensorProto.DataType.DOUBLE;
  }

  /**
   * Returns the bytes of a model.
   *
   * @param isConstant tells which features are constant
   * @param features the names of the features
   * @param metadata further metadata, by name
   * @throws IllegalArgumentException if a number is beyond the range of the type
   */
  public static byte[] bytes(
      Coefficients coefficients,
      IntPredicate isConstant,
      Columns inputs,
      Columns outputs,
      Numbers type,
      String[] features,
      Map<String, String> metadata) {
    OnnxFile file = new OnnxFile(coefficients, type);
    file.addGraph(isConstant, inputs, outputs, features);
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("batchnorm-spark")
            .setDocString("y = gamma * (x - mean) / sqrt(variance + eps) + beta")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .setGraph(file.graph);
    add(model, "feature_names", StrictJson.array(features));
    metadata.forEach((key, value) -> add(model, key, value));
    return model.build().toByteArray();
  }

  private static void add(ModelProto.Builder model, String key, String value) {
    model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }

  private void addGraph(
      IntPredicate isConstant, Columns inputs, Columns outputs, String[] features) {
    int size = coefficients.features();
    inputs.names.forEach(name -> graph.addInput(value(taken(name), inputs.isVector ? size : 1)));
    List<String> written = outputs.names.stream().map(this::outputName).toList();
    written.forEach(name -> graph.addOutput(value(name, outputs.isVector ? size : 1)));

    String joined = inputs.isVector ? inputs.names.get(0) : free("features");
    if (!inputs.isVector) {
      graph.addNode(node("Concat", inputs.names, List.of(joined)).addAttribute(integer("axis", 1)));
    }
    String mapped = outputs.isVector ? written.get(0) : free("normalized");
    addMap(isConstant, features, joined, mapped);
    if (!outputs.isVector) {
      graph.addNode(node("Split", List.of(mapped), written).addAttribute(integer("axis", 1)));
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
      if (type == Numbers.FLOAT32 && scale[j] != 0 && Math.abs(scale[j]) < Float.MIN_NORMAL) {
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
    graph.addNode(
        node(
                "BatchNormalization",
                List.of(
                    centred,
                    tensor("scale", scale),
                    tensor("B", shift),
                    tensor("mean", zeros),
                    tensor("variance", ones)),
                List.of(to))
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("epsilon")
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF(0)));
  }

  /** Subtracts a number for each feature and returns the name of the result. */
  private String subtracted(String from, String wanted, double[] numbers) {
    String number = tensor(wanted, numbers);
    String result = free("less_" + wanted);
    graph.addNode(node("Sub", List.of(from, number), List.of(result)));
    return result;
  }

  /** The name of an output, which no input may have: it is another where columns are replaced. */
  private String outputName(String column) {
    return taken.contains(column) ? free(column + "_output") : taken(column);
  }

  private String taken(String name) {
    taken.add(name);
    return name;
  }

  /** A name like {@code wanted} that nothing else has. */
  private String free(String wanted) {
    String name = wanted;
    while (!taken.add(name)) {
      name += "_";
    }
    return name;
  }

  private static NodeProto.Builder node(String operator, List<String> from, List<String> to) {
    return NodeProto.newBuilder().setOpType(operator).addAllInput(from).addAllOutput(to);
  }

  private static AttributeProto.Builder integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value);
  }

  /** Adds a number for each feature and returns the name of the result. */
  private String tensor(String wanted, double[] numbers) {
    String name = free(wanted);
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(elements.getNumber())
            .addDims(numbers.length)
            .setRawData(ByteString.copyFrom(type.bytes(numbers))));
    return name;
  }

  /** A table of any number of rows. */
  private ValueInfoProto value(String name, int columns) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(columns))
            .build();
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(elements.getNumber()).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
