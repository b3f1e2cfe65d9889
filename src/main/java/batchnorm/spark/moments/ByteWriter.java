package batchnorm.spark.moments;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Growing array of bytes that a {@link ByteBuffer} can read. */
public final class ByteWriter {
  private static final int INITIAL_CAPACITY = 256;

  /** Maximum length of an array in every JVM. */
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

  private ByteBuffer bytes = ByteBuffer.allocate(INITIAL_CAPACITY);

  public void putByte(int value) {
    room(Byte.BYTES).put((byte) value);
  }

  void putShort(int value) {
    room(Short.BYTES).putShort((short) value);
  }

  void putLong(long value) {
    room(Long.BYTES).putLong(value);
  }

  public void putDouble(double value) {
    room(Double.BYTES).putDouble(value);
  }

  /** Writes a nonnegative number as a varint: seven bits a byte, in as few bytes as it needs. */
  public void putVarLong(long value) {
    while (value >>> 7 != 0) {
      putByte((int) (value | 0x80));
      value >>>= 7;
    }
    putByte((int) value);
  }

  /** Reads a number written by {@link #putVarLong}. */
  public static long getVarLong(ByteBuffer in) {
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

  /** Writes the number of bytes, then the bytes. */
  public void putBytes(byte[] value) {
    putVarLong(value.length);
    put(ByteBuffer.wrap(value));
  }

  /** Reads an array written by {@link #putBytes(byte[])}. */
  public static byte[] getBytes(ByteBuffer in) {
    byte[] value = new byte[(int) getVarLong(in)];
    in.get(value);
    return value;
  }

  /** Writes a text in UTF-8. */
  public void putText(String value) {
    putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a text written by {@link #putText}. */
  public static String getText(ByteBuffer in) {
    return new String(getBytes(in), StandardCharsets.UTF_8);
  }

  /** Writes the remaining bytes of {@code value}. */
  void put(ByteBuffer value) {
    room(value.remaining()).put(value);
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

  /** Discards the bytes. */
  void clear() {
    bytes.clear();
  }

  /** Returns a copy of the bytes. */
  public byte[] toByteArray() {
    byte[] written = new byte[bytes.position()];
    bytes.flip().get(written);
    bytes.clear().position(written.length);
    return written;
  }

  private ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      long needed = (long) bytes.position() + count;
      long doubled = Math.min(MAX_CAPACITY, 2L * bytes.capacity());
      ByteBuffer larger = ByteBuffer.allocate(Math.toIntExact(Math.max(needed, doubled)));
      bytes = larger.put(bytes.flip());
    }
    return bytes;
  }
}
