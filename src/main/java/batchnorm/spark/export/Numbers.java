package batchnorm.spark.export;

import batchnorm.spark.errors.ExportErrors;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The type of the numbers in a file. */
public enum Numbers {
  /** Eight bytes a number, as a model has them. */
  FLOAT64("float64", "F64", Double.BYTES) {
    @Override
    void put(ByteBuffer bytes, double number) {
      bytes.putDouble(number);
    }

    @Override
    double rounded(double number) {
      return number;
    }
  },
  /** Four bytes a number, rounded to nearest. */
  FLOAT32("float32", "F32", Float.BYTES) {
    @Override
    void put(ByteBuffer bytes, double number) {
      bytes.putFloat((float) number);
    }

    @Override
    double rounded(double number) {
      return (float) number;
    }
  };

  private final String text;
  private final String safetensors;
  private final int size;

  Numbers(String text, String safetensors, int size) {
    this.text = text;
    this.safetensors = safetensors;
    this.size = size;
  }

  /** Returns the type that users write as {@code text}. */
  public static Numbers of(String text) {
    return Arrays.stream(values())
        .filter(type -> type.text.equals(text))
        .findFirst()
        .orElseThrow(() -> ExportErrors.invalidDtype(text));
  }

  /** What users call it. */
  public String text() {
    return text;
  }

  /** What safetensors calls it. */
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

  /** The bytes of {@code numbers} in the byte order of {@code bytes}' kind, lowest byte first. */
  byte[] bytes(double[] numbers) {
    ByteBuffer bytes = LittleEndian.buffer(numbers.length * size);
    for (double number : numbers) {
      put(bytes, number);
    }
    return bytes.array();
  }
}
