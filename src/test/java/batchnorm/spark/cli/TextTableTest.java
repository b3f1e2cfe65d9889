package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTableTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "1, 1",
    "14.127291739894552, 14.1273",
    "-654.8891, -654.889",
    "0.00001234567, 0.0000123457",
    "0.000001234567, 1.23457E-6",
    "123456789, 123457000",
    "1234567890, 1.23457E9",
    "1e15, 1E15",
    "-2.5e-16, -2.5E-16",
    "NaN, NaN",
    "Infinity, Infinity",
  })
  void numbersHaveSixDigits(double number, String text) {
    assertEquals(text, TextTable.number(number));
  }

  @Test
  void sizesHaveTwoDigits() {
    assertEquals("-1.4E-16", TextTable.roughly(-1.43607E-16));
  }

  @Test
  void severalColumnsOfTextMayLead() {
    TextTable table = new TextTable(2, List.of("day", "name", "note"));
    table.add("1", "a", "");
    table.add("null", "b", "constant");
    assertEquals(
        """
        day   name  note
        1     a
        null  b     constant""",
        table.toString());
  }

  @Test
  void columnsAreAligned() {
    TextTable table = new TextTable(1, List.of("name", "count", "note"));
    table.add("mean radius", "569", "");
    table.add("c", "3", "constant");
    assertEquals(
        """
        name         count  note
        mean radius    569
        c                3  constant""",
        table.toString());
  }
}
