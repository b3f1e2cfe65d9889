package batchnorm.spark.export;

import static batchnorm.spark.export.Rows.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.testing.FailingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is to be replaced is there, the old or the new one, whatever fails. */
class SingleFileTest {
  private static final byte[] NEW = {'n', 'e', 'w'};

  private final Configuration configuration = FailingFiles.configuration("failing");

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void writeOldFile() throws IOException {
    FailingFiles.succeed();
    file = Files.writeString(folder.resolve("file"), "old");
  }

  @AfterEach
  void letMovesSucceed() {
    FailingFiles.succeed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "failing"})
  void newFileTakesThePlaceOfTheOldOne(String scheme) throws IOException {
    single(scheme).replace(NEW);
    assertFolderHolds("new");
    Files.delete(file);
    single(scheme).replace(NEW);
    assertFolderHolds("new");
  }

  @ParameterizedTest
  @CsvSource({"old, false", "new, false", "old, true", "new, true"})
  void oldFileIsThereAfterAMoveThatFails(String failing, boolean throwing) throws IOException {
    FailingFiles.fail(failing, throwing);
    SingleFile single = single("failing");
    if (throwing) {
      IOException thrown = assertThrows(IOException.class, () -> single.replace(NEW));
      assertEquals("the network is gone", thrown.getMessage());
    } else {
      assertRefused(
          "The finished file cannot be moved to failing://"
              + file
              + ". Check who may write there, and whether anybody else just has.",
          () -> single.replace(NEW));
    }
    assertFolderHolds("old");
  }

  /** A rename of Hadoop would move the file into the folder, and say that it has moved. */
  @Test
  void fileIsNotMovedIntoAFolderThatIsMadeMeanwhile() throws IOException {
    Files.delete(file);
    for (boolean replacing : List.of(false, true)) {
      FailingFiles.meanwhile(() -> Files.createDirectories(file));
      SingleFile single = single("failing");
      assertRefused(
          "The finished file cannot be moved to failing://"
              + file
              + ". Check who may write there, and whether anybody else just has.",
          () -> {
            if (replacing) {
              single.replace(NEW);
            } else {
              single.create(NEW);
            }
          });
      try (Stream<Path> files = Files.walk(folder)) {
        assertEquals(List.of(folder, file), files.toList());
      }
      Files.delete(file);
    }
  }

  private SingleFile single(String scheme) {
    return new SingleFile(scheme + "://" + file, configuration);
  }

  private void assertFolderHolds(String content) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
    assertEquals(content, Files.readString(file));
  }
}
