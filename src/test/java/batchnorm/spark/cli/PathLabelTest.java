package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PathLabelTest {
  @Test
  void absolutePathOfThisMachineHasItsLastPart() {
    assertEquals("model", PathLabel.of("/home/ada/secret/model"));
    assertEquals("model", PathLabel.of("file:///home/ada/model/"));
    assertEquals("a.csv, b.csv", PathLabel.of("/home/ada/a.csv, /home/ada/b.csv"));
    assertEquals("/", PathLabel.of("/"));
  }

  @Test
  void otherPathsAndTablesStayAsTheyAreWritten() {
    for (String text : List.of("models/may", "../may", "s3a://bucket/models/may", "db.table")) {
      assertEquals(text, PathLabel.of(text));
    }
  }

  @Test
  void twoPathsHaveAsManyPartsAsTellThemApart() {
    assertEquals(List.of("may", "june"), PathLabel.apart("/x/may", "/x/june"));
    assertEquals(
        List.of("may/v1/model", "june/v1/model"),
        PathLabel.apart("/x/may/v1/model", "/x/june/v1/model"));
    assertEquals(List.of("model", "june"), PathLabel.apart("/x/model", "june"));
    assertEquals(List.of("model", "model"), PathLabel.apart("/x/model", "/x/model"));
  }
}
