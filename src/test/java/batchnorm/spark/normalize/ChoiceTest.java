package batchnorm.spark.normalize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.BatchNorm;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceTest {

  @ParameterizedTest
  @CsvSource({"error, ERROR", "skip, SKIP", "keep, KEEP"})
  void isWhatUsersWrite(String text, HandleInvalid expected) {
    assertEquals(expected, Choice.of(HandleInvalid.class, text));
    assertEquals(text, expected.text());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "ERROR", "drop", " skip"})
  void anythingElseIsRefusedWithWhatWasFound(String text) {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> new BatchNorm().setHandleInvalid(text));
    assertTrue(error.getMessage().contains("'" + text + "'"), error.getMessage());
  }

  /** The lower case of I is a dotless one in Turkish, which no user writes. */
  @Test
  void doesNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr"));
    try {
      assertEquals(HandleInvalid.SKIP, Choice.of(HandleInvalid.class, "skip"));
    } finally {
      Locale.setDefault(before);
    }
  }
}
