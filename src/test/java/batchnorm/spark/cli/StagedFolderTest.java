package batchnorm.spark.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.FailingFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StagedFolderTest {
  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void folderAppearsWhenItIsComplete() throws IOException {
    try (StagedOutput staged = StagedOutput.folder(storage, path("out"))) {
      write(staged, "new");
      assertFalse(Files.exists(folder.resolve("out")));
      staged.commit(Mode.OVERWRITE);
    }
    assertEquals("new", Files.readString(folder.resolve("out/part")));
    assertEquals(List.of("out"), names());
  }

  @Test
  void whatIsNotCompleteDisappears() throws IOException {
    try (StagedOutput staged = StagedOutput.folder(storage, path("out"))) {
      write(staged, "half");
    }
    assertEquals(List.of(), names());
  }

  @Test
  void oldFolderStaysUntilTheNewOneIsComplete() throws IOException {
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/part"), "old");
    try (StagedOutput staged = StagedOutput.folder(storage, path("out"))) {
      write(staged, "half");
    }
    assertEquals("old", Files.readString(folder.resolve("out/part")));
    try (StagedOutput staged = StagedOutput.folder(storage, path("out"))) {
      write(staged, "new");
      assertEquals("old", Files.readString(folder.resolve("out/part")));
      staged.commit(Mode.OVERWRITE);
    }
    assertEquals("new", Files.readString(folder.resolve("out/part")));
    assertEquals(List.of("out"), names());
  }

  @Test
  void remainsOfInterruptedCommandsAreDeleted() throws IOException {
    write(".out.new-0f8fad5b-d9cb-469f-a165-70867728950e", "half");
    write(".out.old-0f8fad5b-d9cb-469f-a165-70867728950f", "old");
    try (StagedOutput staged = StagedOutput.folder(storage, path("out"))) {
      write(staged, "new");
      staged.commit(Mode.ERROR);
    }
    assertEquals(List.of("out"), names());
  }

  @Test
  void modelThatWasReadIsReplaced() throws IOException {
    write("out", "old");
    try (StagedOutput staged = StagedOutput.model(storage, path("out"))) {
      write(staged, "new");
      staged.commitModel();
    }
    assertEquals("new", Files.readString(folder.resolve("out/part")));
    assertEquals(List.of("out"), names());
  }

  @Test
  void modelThatSomebodyElseReplacedMeanwhileStays() throws IOException {
    write("out", "old");
    assertChangedMeanwhile(() -> write("out", "theirs"));
    assertEquals("theirs", Files.readString(folder.resolve("out/part")));
    assertEquals(List.of("out"), names());
  }

  @Test
  void modelThatSomebodyElseDeletedMeanwhileIsNotMadeAnew() throws IOException {
    write("out", "old");
    assertChangedMeanwhile(
        () -> {
          Files.delete(folder.resolve("out/part"));
          Files.delete(folder.resolve("out"));
        });
    assertEquals(List.of(), names());
  }

  @Test
  void modelThatSomebodyElseMadeMeanwhileStays() throws IOException {
    assertChangedMeanwhile(() -> write("out", "theirs"));
    assertEquals("theirs", Files.readString(folder.resolve("out/part")));
  }

  private void assertChangedMeanwhile(Executable change) throws IOException {
    try (StagedOutput staged = StagedOutput.model(storage, path("out"))) {
      assertDoesNotThrow(change);
      write(staged, "new");
      assertEquals(
          "Model "
              + path("out")
              + " was changed by somebody else while this ran; expected what was read. It was "
              + "not replaced. Run the command again.",
          assertThrows(IllegalArgumentException.class, staged::commitModel).getMessage());
    }
  }

  @Test
  void missingParentFoldersAreMade() throws IOException {
    try (StagedOutput staged = StagedOutput.folder(storage, path("a/b/out"))) {
      write(staged, "new");
      staged.commit(Mode.OVERWRITE);
    }
    assertEquals("new", Files.readString(folder.resolve("a/b/out/part")));
  }

  @Test
  void placeThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(folder.resolve("file"), "not a folder");
    String path = path("file/out");
    assertEquals(
        "Nothing can be written to "
            + path
            + ". Check the path, the free space and who may write there, or give another one.",
        assertThrows(IllegalArgumentException.class, () -> StagedOutput.folder(storage, path))
            .getMessage());
  }

  @Test
  void folderThatMustBeNewReplacesNoneThatSomebodyElseMade() throws IOException {
    try (StagedOutput staged = StagedOutput.folder(storage, path("out"))) {
      write(staged, "new");
      write("out", "theirs");
      assertEquals(
          "Output "
              + path("out")
              + " was made by somebody else while this ran; expected a new one. It stays as it is. "
              + "Give another --output, or --mode overwrite to replace it.",
          assertThrows(IllegalArgumentException.class, () -> staged.commit(Mode.ERROR))
              .getMessage());
    }
    assertEquals("theirs", Files.readString(folder.resolve("out/part")));
    assertEquals(List.of("out"), names());
  }

  @Test
  void folderThatMustBeNewAppears() throws IOException {
    try (StagedOutput staged = StagedOutput.folder(storage, path("out"))) {
      write(staged, "new");
      staged.commit(Mode.ERROR);
    }
    assertEquals("new", Files.readString(folder.resolve("out/part")));
    assertEquals(List.of("out"), names());
  }

  @ParameterizedTest
  @CsvSource({"old, false", "new, false", "old, true", "new, true"})
  void oldFolderIsThereAfterAMoveThatFails(String failing, boolean throwing) throws IOException {
    write("out", "old");
    String path = path("out");
    FailingFiles.fail(failing, throwing);
    Exception thrown;
    try (StagedOutput staged =
        StagedOutput.folder(new Storage(FailingFiles.configuration("file")), path)) {
      thrown = assertThrows(Exception.class, () -> staged.commit(Mode.OVERWRITE));
    } finally {
      FailingFiles.succeed();
    }
    assertEquals(
        throwing
            ? "the network is gone"
            : "The finished result cannot be moved to " + path + ". Check who may write there.",
        thrown.getMessage());
    assertEquals("old", Files.readString(folder.resolve("out/part")));
    assertEquals(List.of("out"), names());
  }

  /** The result must not lie in the folder of somebody else while the command says that it did. */
  @Test
  void folderThatSomebodyElseMakesWhileItIsMovedStays() throws IOException {
    for (Mode mode : List.of(Mode.ERROR, Mode.OVERWRITE)) {
      String path = "other://" + path(mode.name());
      FailingFiles.meanwhile(() -> write(mode.name(), "theirs"));
      try (StagedOutput staged =
          StagedOutput.folder(new Storage(FailingFiles.configuration("other")), path)) {
        write(staged, "new");
        String refused =
            assertThrows(IllegalArgumentException.class, () -> staged.commit(mode)).getMessage();
        assertTrue(refused.contains(path), refused);
      } finally {
        FailingFiles.succeed();
      }
      assertEquals("theirs", Files.readString(folder.resolve(mode.name()).resolve("part")));
    }
    assertEquals(List.of("ERROR", "OVERWRITE"), names());
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve(name));
    Files.writeString(folder.resolve(name).resolve("part"), text);
  }

  private static void write(StagedOutput staged, String text) throws IOException {
    Files.writeString(Path.of(URI.create(staged.path()).getPath()).resolve("part"), text);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
