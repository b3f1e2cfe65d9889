package batchnorm.spark.export;

import static batchnorm.spark.export.Rows.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is to be replaced is there, the old or the new one, whatever fails. */
class FileMoveTest {
  private static final byte[] NEW = {'n', 'e', 'w'};

  private final Configuration configuration = new Configuration();

  @TempDir Path folder;

  private Path file;

  /** Another file system than the local one, whose renames may fail. */
  public static final class FailingFiles extends RawLocalFileSystem {
    private static String failing = "";
    private static boolean throwing;

    @Override
    public URI getUri() {
      return URI.create("failing:///");
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      if (failing.equals("old") && to.getName().contains(".old-")
          || failing.equals("new") && from.getName().contains(".new-")) {
        if (throwing) {
          throw new IOException("the network is gone");
        }
        return false;
      }
      return super.rename(from, to);
    }
  }

  @BeforeEach
  void writeOldFile() throws IOException {
    configuration.set("fs.failing.impl", FailingFiles.class.getName());
    FailingFiles.failing = "";
    file = Files.writeString(folder.resolve("file"), "old");
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
    FailingFiles.failing = failing;
    FailingFiles.throwing = throwing;
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
