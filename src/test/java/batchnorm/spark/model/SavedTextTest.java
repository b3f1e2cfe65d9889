package batchnorm.spark.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line of text that Spark or this library has saved. */
class SavedTextTest {
  @TempDir Path folder;

  private Optional<String> read() throws IOException {
    return SavedText.read(folder.toString(), new Configuration());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void theFirstLineOfTheFirstFileThatHasOneIsRead() throws IOException {
    write("part-00002", "third\n");
    write("part-00001", "é {}\nmore\n");
    write("part-00000", "");
    assertEquals(Optional.of("é {}"), read());
  }

  @Test
  void otherFilesAndFoldersAreNotRead() throws IOException {
    assertEquals(Optional.empty(), read());
    write("_SUCCESS", "no");
    write(".hidden", "no");
    Files.createDirectory(folder.resolve("a-folder"));
    assertEquals(Optional.empty(), read());
    write("part-00000", "yes");
    assertEquals(Optional.of("yes"), read());
  }

  @Test
  void compressedFilesAreRead() throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("part-00000.gz")))) {
      out.write("packed\n".getBytes(UTF_8));
    }
    assertEquals(Optional.of("packed"), read());
  }

  @Test
  void whatIsNotUtf8IsAnError() throws IOException {
    Files.write(folder.resolve("part-00000"), new byte[] {'a', (byte) 0xff, '\n'});
    assertThrows(MalformedInputException.class, this::read);
  }
}
