package batchnorm.spark.moments;

import java.nio.ByteBuffer;

/** Bytes that grow as they are written, to be read by a {@link ByteBuffer}. */
public final class ByteWriter {
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

  /** Writes a number of at least 0 in as few bytes as it needs, seven bits each. */
  void putVarLong(long value) {
    while (value >>> 7 != 0) {
      putByte((int) (value | 0x80));
      value >>>= 7;
    }
    putByte((int) value);
  }

  /** Reads what {@link #putVarLong} wrote. */
  static long getVarLong(ByteBuffer in) {
    long value = 0;
    int shift = 0;
    byte next = in.get();
    while (next < 0) {
      value |= (next & 0x7fL) << shift;
      shift += 7;
      next = in.get();
    }
    return value | (long) next << shift;
  }

  /** Writes the last {@code count} bytes of three words, the highest first. */
  void putBytes(long high, long mid, long low, int count) {
    ByteBuffer out = room(4 * Long.BYTES);
    int at = out.position();
    int first = count - 2 * Long.BYTES;
    if (first > 0) {
      out.putLong(at, high << (Long.SIZE - 8 * first));
      at += first;
    }
    int second = Math.min(count - Long.BYTES, Long.BYTES);
    if (second > 0) {
      out.putLong(at, mid << (Long.SIZE - 8 * second));
      at += second;
    }
    int third = Math.min(count, Long.BYTES);
    out.putLong(at, low << (Long.SIZE - 8 * third));
    out.position(at + third);
  }

  /** Forgets what was written. */
  void clear() {
    bytes.clear();
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
