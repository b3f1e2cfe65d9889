package batchnorm.spark.export;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Array in a safetensors file.
 *
 * @param type the name of the elements' type in safetensors
 * @param shape the sizes of the dimensions; empty for a scalar
 * @param data the elements, lowest byte first
 */
record Tensor(String type, List<Long> shape, byte[] data) {

  /** Returns a tensor of one dimension. */
  static Tensor of(Dtype type, double[] numbers) {
    return new Tensor(type.safetensors(), List.of((long) numbers.length), type.bytes(numbers));
  }

  /** Returns the scalar {@code number}. */
  static Tensor of(long number) {
    return new Tensor("I64", List.of(), LittleEndian.buffer(Long.BYTES).putLong(number).array());
  }

  /** Returns whether the elements are floating-point numbers that {@link #doubles()} can read. */
  static boolean isReadable(String type) {
    return List.of("F64", "F32", "F16", "BF16").contains(type);
  }

  /** The elements; doubles represent them exactly. */
  double[] doubles() {
    ByteBuffer bytes = LittleEndian.of(data);
    double[] numbers = new double[Math.toIntExact(SafetensorsHeader.elements(shape))];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (type) {
            case "F64" -> bytes.getDouble();
            case "F32" -> bytes.getFloat();
            case "F16" -> half(bytes.getShort());
            case "BF16" -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
            default -> throw new IllegalStateException(type);
          };
    }
    return numbers;
  }

  /** The element of a scalar of type I64. */
  long scalar() {
    return LittleEndian.of(data).getLong();
  }

  /**
   * Returns a number of IEEE 754 binary16: 1 bit of sign, 5 of the exponent, 10 of the fraction.
   */
  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude;
    if (exponent == 0) {
      magnitude = Math.scalb((double) fraction, -24);
    } else if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else {
      magnitude = Math.scalb((double) (fraction | 0x400), exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
