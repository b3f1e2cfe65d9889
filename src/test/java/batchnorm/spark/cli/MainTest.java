package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final String SPARK = "org.apache.spark.package$";

  @ParameterizedTest
  @CsvSource({"1.8, 8", "9, 9", "11, 11", "16, 16"})
  void anOlderJavaIsSaid(String specification, String version) {
    assertEquals(
        "This is Java "
            + version
            + "; batchnorm-spark needs Java 17 or newer. Set JAVA_HOME to one.",
        Main.fault(specification, SPARK));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "21", "25", "100"})
  void aNewerJavaIsFine(String specification) {
    assertNull(Main.fault(specification, SPARK));
  }

  @Test
  void aClassPathWithoutSparkIsSaid() {
    assertEquals(
        "Spark is not on the class path; the commands run in a job of spark-submit. Use "
            + "scripts/batchnorm, or spark-submit with this jar.",
        Main.fault("17", "org.apache.no.Spark"));
  }

  /** Java 8 is 52. Its virtual machine loads no class that this one names in a signature. */
  @Test
  void anOldJavaLoadsTheMainClass() throws IOException {
    try (DataInputStream bytes =
        new DataInputStream(Main.class.getResourceAsStream("Main.class"))) {
      bytes.readInt();
      bytes.readUnsignedShort();
      assertEquals(52, bytes.readUnsignedShort());
    }
  }

  @Test
  void whatACommandThrowsIsThrown() {
    assertThrows(NullPointerException.class, () -> Main.main(new String[] {null}));
  }
}
