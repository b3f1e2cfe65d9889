package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFileTest {
  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void fileAppearsWhenItIsCompleteAndNothingBesideIt() throws IOException {
    Path file = folder.resolve("new folder/page.html");
    try (StagedOutput staged = StagedOutput.file(storage, file.toString())) {
      staged.write("é");
      assertFalse(Files.exists(file));
      staged.commit(Mode.ERROR);
    }
    assertEquals("é", Files.readString(file));
    assertEquals(List.of("page.html"), names(file.getParent()));
  }

  @Test
  void oldFileStaysUntilTheNewOneIsComplete() throws IOException {
    Path file = Files.writeString(folder.resolve("page.html"), "old");
    try (StagedOutput staged = StagedOutput.file(storage, file.toString())) {
      staged.write("half");
    }
    assertEquals("old", Files.readString(file));
    try (StagedOutput staged = StagedOutput.file(storage, file.toString())) {
      staged.write("new");
      assertEquals("old", Files.readString(file));
      staged.commit(Mode.OVERWRITE);
    }
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("page.html"), names(folder));
  }

  @Test
  void fileThatSomebodyElseMadeMeanwhileStaysUnlessItMayBeReplaced() throws IOException {
    Path file = folder.resolve("page.html");
    try (StagedOutput staged = StagedOutput.file(storage, file.toString())) {
      staged.write("new");
      Files.writeString(file, "theirs");
      assertEquals(
          "Output "
              + file
              + " was made by somebody else while this ran; expected a new one. It stays as it is. "
              + "Give another --output, or --mode overwrite to replace it.",
          assertThrows(IllegalArgumentException.class, () -> staged.commit(Mode.ERROR))
              .getMessage());
    }
    assertEquals("theirs", Files.readString(file));
    assertEquals(List.of("page.html"), names(folder));
  }

  @Test
  void placeWhereNothingCanBeWrittenIsFoundBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    String below = file.resolve("page.html").toString();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> StagedOutput.file(storage, below));
    assertEquals(
        "Nothing can be written to "
            + below
            + ". Check the path, the free space and who may write there, or give another one.",
        refused.getMessage());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
