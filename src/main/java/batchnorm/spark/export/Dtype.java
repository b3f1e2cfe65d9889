package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import batchnorm.spark.normalize.Choice;
import java.nio.ByteBuffer;

/** The type of the numbers in a file. */
public enum Dtype implements Choice {
  /** Eight bytes for each number, the precision of a model. */
  FLOAT64("F64", Double.BYTES) {
    @Override
    void put(ByteBuffer bytes, double number) {
      bytes.putDouble(number);
    }

    @Override
    double rounded(double number) {
      return number;
    }
  },
  /** Four bytes for each number, rounded to nearest. */
  FLOAT32("F32", Float.BYTES) {
    @Override
    void put(ByteBuffer bytes, double number) {
      bytes.putFloat((float) number);
    }

    @Override
    double rounded(double number) {
      return (float) number;
    }
  };

  private final String safetensors;
  private final int size;

  Dtype(String safetensors, int size) {
    this.safetensors = safetensors;
    this.size = size;
  }

  /** Name of the type in safetensors. */
  String safetensors() {
    return safetensors;
  }

  /** The number of bytes of a number. */
  int size() {
    return size;
  }

  /** Writes {@code number} to {@code bytes}. */
  abstract void put(ByteBuffer bytes, double number);

  /** The nearest number of this type, which may be infinite. */
  abstract double rounded(double number);

  /**
   * Requires that {@code number}, the {@code what} of a feature, is within the range of the type.
   */
  void requireHolds(String what, String feature, double number) {
    if (Double.isFinite(number) && Double.isInfinite(rounded(number))) {
      throw ExportErrors.beyondFloat32(what, feature, number);
    }
  }

  /** Returns the little-endian bytes of {@code numbers}. */
  byte[] bytes(double[] numbers) {
    ByteBuffer bytes = LittleEndian.buffer(numbers.length * size);
    for (double number : numbers) {
      put(bytes, number);
    }
    return bytes.array();
  }
}
