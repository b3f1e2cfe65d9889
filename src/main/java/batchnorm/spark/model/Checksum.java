package batchnorm.spark.model;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Checksums of rows and texts of a saved model: CRC-32 of their bytes in the upper half of a long,
 * CRC-32C in the lower. The bytes of a row are those of its fields, in order:
 *
 * <pre>
 *   null            0
 *   any other       1, and the value; numbers have the highest byte first:
 *     boolean       a byte, 0 or 1
 *     number, date  as many bytes as its type has; dates are days, timestamps microseconds
 *     double        8 bytes, those of Double.doubleToLongBits; a float likewise 4
 *     string        the length in 4 bytes, then UTF-8; binary likewise
 *     decimal       the unscaled integer as binary
 *     array         the number of elements in 4 bytes, then each as a field
 *     struct        its fields
 * </pre>
 */
final class Checksum {
  private static final int INITIAL_CAPACITY = 1024;

  private ByteBuffer bytes = ByteBuffer.allocate(INITIAL_CAPACITY);

  /** Returns the checksum of a text in UTF-8. */
  static long of(String text) {
    return of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns the checksum of the first {@code fields} fields of a row. */
  long of(InternalRow row, StructField[] fields) {
    bytes.clear();
    putFields(row, fields);
    return of(bytes.flip());
  }

  private static long of(ByteBuffer bytes) {
    CRC32 high = new CRC32();
    CRC32C low = new CRC32C();
    high.update(bytes.duplicate());
    low.update(bytes.duplicate());
    return high.getValue() << Integer.SIZE | low.getValue();
  }

  private void putFields(InternalRow row, StructField[] fields) {
    for (int i = 0; i < fields.length; i++) {
      DataType type = fields[i].dataType();
      put(row.isNullAt(i) ? null : row.get(i, type), type);
    }
  }

  private void putElements(ArrayData array, DataType type) {
    room(Integer.BYTES).putInt(array.numElements());
    for (int i = 0; i < array.numElements(); i++) {
      put(array.isNullAt(i) ? null : array.get(i, type), type);
    }
  }

  private void put(Object value, DataType type) {
    ByteBuffer out = room(1 + Long.BYTES);
    out.put((byte) (value == null ? 0 : 1));
    if (value == null) {
      return;
    }
    if (value instanceof Double number) {
      out.putLong(Double.doubleToLongBits(number));
    } else if (value instanceof Long number) {
      out.putLong(number);
    } else if (value instanceof Integer number) {
      out.putInt(number);
    } else if (value instanceof byte[] binary) {
      putBinary(binary);
    } else if (value instanceof InternalRow row) {
      putFields(row, ((StructType) type).fields());
    } else if (value instanceof ArrayData array) {
      putElements(array, ((ArrayType) type).elementType());
    } else if (value instanceof UTF8String string) {
      putBinary(string.getBytes());
    } else if (value instanceof Decimal decimal) {
      BigInteger unscaled = decimal.toJavaBigDecimal().unscaledValue();
      putBinary(unscaled.toByteArray());
    } else if (value instanceof Boolean truth) {
      out.put((byte) (truth ? 1 : 0));
    } else if (value instanceof Float number) {
      out.putInt(Float.floatToIntBits(number));
    } else if (value instanceof Short number) {
      out.putShort(number);
    } else if (value instanceof Byte number) {
      out.put(number);
    } else {
      throw new IllegalStateException("no checksum of a " + type.catalogString());
    }
  }

  private void putBinary(byte[] binary) {
    room(Integer.BYTES + binary.length).putInt(binary.length).put(binary);
  }

  private ByteBuffer room(int count) {
    if (bytes.remaining() < count) {
      int enough = Math.addExact(bytes.position(), count);
      ByteBuffer wider = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE - 8L, 2L * enough));
      bytes = wider.put(bytes.flip());
    }
    return bytes;
  }
}
