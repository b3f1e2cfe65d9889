package batchnorm.spark.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian buffers, as in safetensors and ONNX. */
final class LittleEndian {
  private LittleEndian() {}

  static ByteBuffer buffer(int bytes) {
    return of(new byte[bytes]);
  }

  static ByteBuffer of(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
