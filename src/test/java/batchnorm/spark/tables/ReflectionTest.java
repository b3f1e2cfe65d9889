package batchnorm.spark.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Methods of table formats are called by name. */
class ReflectionTest {
  private final Reflection reflection = new Reflection("delta", this);

  @Test
  void methodsAreFoundByTheirArguments() {
    assertEquals("bc", reflection.call("abc", "substring", 1));
    assertEquals("b", reflection.call("abc", "substring", 1, 2));
    assertEquals("12", reflection.callStatic("java.lang.String", "valueOf", 12));
  }

  @Test
  void anotherReleaseHasOtherMethods() {
    assertOtherRelease("java.lang.String.none", () -> reflection.call("abc", "none"));
    assertOtherRelease(
        "java.lang.String.substring", () -> reflection.call("abc", "substring", "1"));
    assertOtherRelease("none.Such", () -> reflection.callStatic("none.Such", "get"));
  }

  @Test
  void errorsOfTheFormatStay() {
    assertThrows(
        UnsupportedOperationException.class, () -> reflection.call(List.of(1), "remove", 0));
    StringReader closed = new StringReader("");
    closed.close();
    Throwable cause =
        assertOtherRelease("java.io.StringReader.read", () -> reflection.call(closed, "read"))
            .getCause();
    assertEquals(IOException.class, cause.getClass());
  }

  private static Throwable assertOtherRelease(String member, Executable call) {
    IllegalArgumentException error = assertThrows(IllegalArgumentException.class, call);
    assertEquals(
        "This release of delta has no "
            + member
            + ", or it failed; expected one that this library knows. Use fit, or another release.",
        error.getMessage());
    return error;
  }
}
