package batchnorm.spark.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Buffers whose numbers have their lowest byte first, as safetensors and ONNX write them. */
final class LittleEndian {
  private LittleEndian() {}

  static ByteBuffer buffer(int bytes) {
    return of(new byte[bytes]);
  }

  static ByteBuffer of(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
