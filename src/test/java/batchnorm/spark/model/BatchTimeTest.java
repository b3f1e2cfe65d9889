package batchnorm.spark.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is repeated has the time of its first attempt. */
class BatchTimeTest {
  @TempDir java.nio.file.Path directory;

  private long first(String queryId, long batchId, long now) throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    return new BatchTime(queryId, batchId, now).first(files, file());
  }

  private Path file() {
    return new Path(directory.resolve("_batch.json").toUri());
  }

  private List<String> names() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theTimeOfTheFirstAttemptStays() throws IOException {
    assertEquals(1000, first("q", 0, 1000));
    assertEquals(1000, first("q", 0, 2000));
    assertEquals(3000, first("q", 1, 3000));
    assertEquals(3000, first("q", 1, 4000));
    assertEquals(5000, first("r", 1, 5000));
    assertEquals(List.of("._batch.json.crc", "_batch.json"), names());
  }

  @Test
  void aTimeThatIsNotWholeWasNeverUsed() throws IOException {
    first("q", 0, 1000);
    Files.writeString(directory.resolve("_batch.json"), "{\"queryId\":\"q\",\"batch");
    assertEquals(2000, first("q", 0, 2000));
    Files.delete(directory.resolve("._batch.json.crc"));
    Files.writeString(directory.resolve("_batch.json"), "{\"queryId\":\"q\",\"batch");
    assertEquals(3000, first("q", 0, 3000));
    Files.delete(directory.resolve("._batch.json.crc"));
    Files.writeString(directory.resolve("_batch.json"), "{\"queryId\":\"q\"}");
    assertEquals(4000, first("q", 0, 4000));
  }
}
