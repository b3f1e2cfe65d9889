package batchnorm.spark.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.moments.Dyadic;
import java.math.BigInteger;
import java.util.HexFormat;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactNumberTest {
  @ParameterizedTest
  @CsvSource({"0, 0, 00", "-300, -1074, fed4", "128, 3, 0080", "-1, 5, ff"})
  void numbersComeBackFromTheirTwosComplement(BigInteger significand, int exponent, String bytes) {
    Dyadic number = new Dyadic(significand, exponent);
    Row row = ExactNumber.row(number);
    byte[] expected = HexFormat.of().parseHex(bytes);
    assertArrayEquals(expected, row.<byte[]>getAs(0));
    assertEquals(exponent, row.getInt(1));
    assertEquals(number, ExactNumber.of(row));
    InternalRow internal = ExactNumber.internalRow(number);
    assertArrayEquals(expected, internal.getBinary(0));
    assertEquals(number, ExactNumber.of(internal));
    StructType schema = new StructType().add("other", "int").add("sum", ExactNumber.TYPE);
    assertEquals(
        number, ExactNumber.of(new GenericRowWithSchema(new Object[] {1, row}, schema), "sum"));
  }
}
