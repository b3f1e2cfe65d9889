package batchnorm.spark.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.CalendarInterval;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checksums of values are those of the bytes that the model format documents. */
class ChecksumTest {
  private static final StructType STRUCT =
      new StructType().add("x", DataTypes.ShortType).add("y", DataTypes.StringType);

  /** Bytes of a value. */
  private interface Bytes {
    void to(DataOutputStream out) throws IOException;
  }

  private static Arguments value(DataType type, Object value, Bytes bytes) {
    return Arguments.of(type, value, bytes);
  }

  static Stream<Arguments> values() {
    return Stream.of(
        value(DataTypes.DoubleType, null, out -> out.writeByte(0)),
        value(DataTypes.DoubleType, -0.0, out -> number(out).writeDouble(-0.0)),
        value(
            DataTypes.DoubleType,
            Double.longBitsToDouble(0xfff8_0000_0000_0001L),
            out -> number(out).writeDouble(Double.NaN)),
        value(DataTypes.FloatType, 0.1f, out -> number(out).writeFloat(0.1f)),
        value(
            DataTypes.FloatType,
            Float.intBitsToFloat(0xffc0_0001),
            out -> number(out).writeFloat(Float.NaN)),
        value(DataTypes.LongType, -2L, out -> number(out).writeLong(-2)),
        value(DataTypes.IntegerType, 258, out -> number(out).writeInt(258)),
        value(DataTypes.DateType, -1, out -> number(out).writeInt(-1)),
        value(DataTypes.ShortType, (short) 258, out -> number(out).writeShort(258)),
        value(DataTypes.ByteType, (byte) -3, out -> number(out).writeByte(-3)),
        value(DataTypes.BooleanType, true, out -> number(out).writeByte(1)),
        value(DataTypes.BooleanType, false, out -> number(out).writeByte(0)),
        value(DataTypes.StringType, UTF8String.fromString("é"), out -> text(out, "é")),
        value(DataTypes.BinaryType, new byte[0], out -> number(out).writeInt(0)),
        value(
            DataTypes.createDecimalType(5, 2),
            Decimal.apply(new BigDecimal("-3.00")),
            out -> {
              // -300 in two's complement.
              number(out).writeInt(2);
              out.writeShort(-300);
            }),
        value(
            DataTypes.createArrayType(DataTypes.LongType),
            new GenericArrayData(new Object[] {7L, null}),
            out -> {
              number(out).writeInt(2);
              number(out).writeLong(7);
              out.writeByte(0);
            }),
        value(
            STRUCT,
            new GenericInternalRow(new Object[] {(short) 5, UTF8String.fromString("x")}),
            out -> {
              number(out);
              number(out).writeShort(5);
              text(out, "x");
            }),
        // Longer than the bytes that are there at first, more than once.
        value(
            DataTypes.BinaryType,
            new byte[10_000],
            out -> {
              number(out).writeInt(10_000);
              out.write(new byte[10_000]);
            }));
  }

  private static DataOutputStream number(DataOutputStream out) throws IOException {
    out.writeByte(1);
    return out;
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    number(out).writeInt(bytes.length);
    out.write(bytes);
  }

  private static long checksum(Bytes... fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (Bytes field : fields) {
      field.to(out);
    }
    CRC32 high = new CRC32();
    CRC32C low = new CRC32C();
    high.update(bytes.toByteArray());
    low.update(bytes.toByteArray());
    return high.getValue() << 32 | low.getValue();
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesHaveTheDocumentedBytes(DataType type, Object value, Bytes bytes) throws IOException {
    StructField[] fields = new StructType().add("before", "int").add("v", type).fields();
    InternalRow row = new GenericInternalRow(new Object[] {null, value, "not of the checksum"});
    Checksum checksum = new Checksum();
    long expected = checksum(out -> out.writeByte(0), bytes);
    assertEquals(expected, checksum.of(row, fields));
    // What is left of the row before does not count.
    assertEquals(expected, checksum.of(row, fields));
  }

  @Test
  void textsAreInUtf8() throws IOException {
    assertEquals(checksum(out -> out.write("é{}".getBytes(UTF_8))), Checksum.of("é{}"));
  }

  @Test
  void otherTypesHaveNone() {
    InternalRow row = new GenericInternalRow(new Object[] {new CalendarInterval(1, 2, 3)});
    StructField[] fields = new StructType().add("v", DataTypes.CalendarIntervalType).fields();
    assertEquals(
        "no checksum of a interval",
        assertThrows(IllegalStateException.class, () -> new Checksum().of(row, fields))
            .getMessage());
  }
}
