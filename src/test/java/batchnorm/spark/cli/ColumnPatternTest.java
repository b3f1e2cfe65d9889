package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnPatternTest {

  @ParameterizedTest
  @CsvSource({
    "sensor_*, sensor_1, true",
    "sensor_*, sensor_, true",
    "sensor_*, a sensor_1, false",
    "sensor_?, sensor_1, true",
    "sensor_?, sensor_12, false",
    "mean *, mean concave points, true",
    "*.max, t.max, true",
    "*.max, tmax, false",
    "a[0]*, a[0]b, true",
    "a[0]*, a0b, false",
    "a\\*, a*, true",
    "a\\*, ab, false",
  })
  void wildcardsAloneHaveAMeaning(String pattern, String name, boolean matches) {
    assertEquals(matches, new ColumnPattern(pattern).matches(name));
  }

  @Test
  void aPatternHasAWildcard() {
    assertTrue(ColumnPattern.isPattern("a*"));
    assertTrue(ColumnPattern.isPattern("a?c"));
    assertFalse(ColumnPattern.isPattern("a.c[0]"));
  }

  @Test
  void namesAreSeparatedByCommas() {
    assertEquals(List.of("a b", "c.d", "e*"), NameList.parse("a b, c.d ,e*,"));
  }

  @Test
  void backslashKeepsACommaInAName() {
    assertEquals(List.of("Area, total", "b"), NameList.parse("Area\\, total,b"));
  }
}
