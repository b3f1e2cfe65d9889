package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeTest {
  private final Outcome outcome = new Outcome();

  @TempDir Path folder;

  @Test
  void nothingIsWrittenUntilAnOutputBegins() {
    assertEquals("interrupted; nothing was written", outcome.interrupt());
  }

  @Test
  void completeOutputsAreNamed() {
    outcome.begin("m");
    outcome.complete();
    assertEquals("interrupted; m is complete", outcome.interrupt());
  }

  @Test
  void twoCompleteOutputsAreNamed() {
    for (String path : List.of("m", "out")) {
      outcome.begin(path);
      outcome.complete();
    }
    assertEquals("interrupted; m and out are complete", outcome.interrupt());
  }

  @Test
  void outputThatIsBeingWrittenIsToBeChecked() {
    outcome.begin("m");
    outcome.complete();
    outcome.begin("out");
    assertEquals(
        "interrupted; m is complete, out was being written. Check what is there",
        outcome.interrupt());
  }

  /** The report that was given stays true. */
  @Test
  void nothingIsMovedToItsPlaceAfterAnInterruption() throws IOException {
    Storage storage = new Storage(new Configuration(), outcome);
    Path file = folder.resolve("page.html");
    try (StagedOutput staged = StagedOutput.file(storage, file.toString())) {
      staged.write("new");
      outcome.interrupt();
      assertThrows(IllegalArgumentException.class, () -> staged.commit(Mode.ERROR));
    }
    assertEquals(false, Files.exists(file));
  }
}
