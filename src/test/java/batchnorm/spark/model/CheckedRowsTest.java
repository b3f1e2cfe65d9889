package batchnorm.spark.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Rows of a saved model are checked as they are read. */
class CheckedRowsTest {
  private static final StructType COLUMNS = new StructType().add("a", "long", false);
  private static final StructType WITH_CHECKSUM = COLUMNS.add("checksum", "long", false);

  private static InternalRow row(Object... values) {
    return new GenericInternalRow(values);
  }

  private static Iterator<InternalRow> checked(StructType saved, InternalRow... rows) {
    return CheckedRows.checked(List.of(rows).iterator(), saved, "/m", "groups", COLUMNS);
  }

  private static String refused(StructType saved, InternalRow row) {
    Iterator<InternalRow> rows = checked(saved, row);
    return assertThrows(IllegalArgumentException.class, rows::next).getMessage();
  }

  @Test
  void rowsWithTheirChecksumAreAsTheyWere() {
    long checksum = new Checksum().of(row(7L), COLUMNS.fields());
    InternalRow row = row(7L, checksum);
    Iterator<InternalRow> rows = checked(WITH_CHECKSUM, row);
    assertTrue(rows.hasNext());
    assertSame(row, rows.next());
    assertFalse(rows.hasNext());
    assertThrows(NoSuchElementException.class, rows::next);
  }

  @Test
  void rowsThatDifferFromTheirChecksumAreRefused() {
    long checksum = new Checksum().of(row(7L), COLUMNS.fields());
    String text =
        "Path /m is not a saved BatchNormModel: its groups have a row that differs from its checksum."
            + " Give the path that BatchNormModel.save wrote.";
    assertEquals(text, refused(WITH_CHECKSUM, row(8L, checksum)));
    assertEquals(text, refused(WITH_CHECKSUM, row(7L, checksum + 1)));
    assertEquals(text, refused(WITH_CHECKSUM, row(7L, null)));
  }

  @Test
  void rowsWithoutChecksumHaveTheirValues() {
    InternalRow row = row(7L);
    assertSame(row, checked(COLUMNS, row).next());
    assertEquals(
        "Path /m is not a saved BatchNormModel: its groups have a null in 'a'."
            + " Give the path that BatchNormModel.save wrote.",
        refused(COLUMNS, row((Object) null)));
  }

  @Test
  void checksumsAreTheLastColumnOfTheirNameAndType() {
    assertTrue(CheckedRows.areIn(WITH_CHECKSUM));
    assertFalse(CheckedRows.areIn(COLUMNS));
    assertFalse(CheckedRows.areIn(COLUMNS.add("checksum", "int")));
    assertFalse(CheckedRows.areIn(WITH_CHECKSUM.add("b", "long")));
  }

  @Test
  void requiredValuesAreFoundByNameAndInside() {
    StructType inner = new StructType().add("x", "int", true).add("y", "int", false);
    StructType expected =
        new StructType()
            .add("s", inner, false)
            .add("l", DataTypes.createArrayType(inner, true), true)
            .add("d", DataTypes.createArrayType(DataTypes.DoubleType, false), true)
            .add("n", "int", true);
    StructType found = new StructType().add("other", "int");
    for (String name : List.of("n", "d", "l", "s")) {
      found = found.add(expected.apply(name));
    }
    RequiredValues required = new RequiredValues(expected, found);
    InternalRow whole = row(null, 1);
    Object list = list(whole, null);
    Object doubles = list(1.0, 2.0);
    assertEquals(Optional.empty(), required.missingIn(row(null, 1, doubles, list, whole)));
    assertEquals(Optional.empty(), required.missingIn(row(null, null, null, null, whole)));
    assertEquals(Optional.of("s"), required.missingIn(row(1, 1, doubles, list, null)));
    assertEquals(Optional.of("s"), required.missingIn(row(1, 1, doubles, list, row(1, null))));
    assertEquals(
        Optional.of("l"), required.missingIn(row(1, 1, doubles, list(whole, row(1, null)), whole)));
    assertEquals(Optional.of("d"), required.missingIn(row(1, 1, list(1.0, null), list, whole)));
  }

  private static GenericArrayData list(Object... elements) {
    return new GenericArrayData(elements);
  }
}
