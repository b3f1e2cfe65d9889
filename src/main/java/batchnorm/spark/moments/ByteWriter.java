package batchnorm.spark.moments;

import java.nio.ByteBuffer;

/** Bytes that grow as they are written, to be read by a {@link ByteBuffer}. */
final class ByteWriter {
  private static final int INITIAL_CAPACITY = 256;

  private ByteBuffer bytes = ByteBuffer.allocate(INITIAL_CAPACITY);

  void putByte(int value) {
    room(Byte.BYTES).put((byte) value);
  }

  void putShort(int value) {
    room(Short.BYTES).putShort((short) value);
  }

  void putLong(long value) {
    room(Long.BYTES).putLong(value);
  }

  void putDouble(double value) {
    room(Double.BYTES).putDouble(value);
  }

  byte[] toByteArray() {
    byte[] written = new byte[bytes.position()];
    bytes.flip().get(written);
    bytes.clear().position(written.length);
    return written;
  }

  private ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      ByteBuffer larger = ByteBuffer.allocate(Math.multiplyExact(bytes.capacity(), 2));
      bytes = larger.put(bytes.flip());
    }
    return bytes;
  }
}
