package batchnorm.spark.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import batchnorm.spark.testing.InterpretedExpressions;
import batchnorm.spark.testing.SharedSession;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operations on a disk in memory that is full or read-only: they fail, and leave the old state.
 * Only root can mount it; the tests are skipped if that fails.
 */
@ExtendWith(InterpretedExpressions.class)
class FullDiskTest {
  private static final int PAGE = 4096;

  private final SparkSession session = SharedSession.get();

  @TempDir Path directory;

  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    Operation.Room.writeData(session, data());
    disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(
        isDone("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()),
        "no disk can be mounted");
  }

  @AfterEach
  void unmount() throws Exception {
    isDone("umount", "--lazy", disk.toString());
  }

  private static boolean isDone(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String data() {
    return directory.resolve("data").toUri().toString();
  }

  private Operation.Room room(String name) {
    return new Operation.Room(session, "file://" + disk.resolve(name), data());
  }

  private Operation.Room prepared(Operation operation) throws IOException {
    Operation.Room prepared = room("prepared");
    prepared.files().mkdirs(prepared.folder());
    operation.prepare(prepared);
    return prepared;
  }

  private String path(String name) {
    return "file://" + disk.resolve(name);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"SAVE", "SAVE_GROUPS", "EXPORT_JSON", "BATCH", "CLI_UPDATE", "CLI_TRANSFORM"})
  void fullDiskLeavesTheOld(Operation operation) throws Exception {
    Operation.Room prepared = prepared(operation);
    Judgement judgement = new Judgement(operation, prepared.copy(path("quiet")));
    int failed = 0;
    for (int free : List.of(0, 8)) {
      Operation.Room room = prepared.copy(path("room-" + free));
      Path filler = fill(free);
      String thrown = "";
      try {
        operation.run(room);
      } catch (Exception e) {
        // Spark's exceptions are checked ones that its methods do not declare.
        thrown = text(e);
        failed++;
      } finally {
        Files.delete(filler);
      }
      String why = free + " free pages: " + thrown;
      Judgement.Found found = judgement.of(room);
      assertEquals("", found.wrong(), why);
      assertEquals(thrown.isEmpty() ? 1 : 0, found.state(), why);
      assertTrue(thrown.isEmpty() || isClear(thrown, room), why);
    }
    assertTrue(failed > 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"SAVE", "EXPORT_JSON", "CLI_TRANSFORM"})
  void readOnlyDiskLeavesTheOld(Operation operation) throws Exception {
    Operation.Room prepared = prepared(operation);
    Judgement judgement = new Judgement(operation, prepared.copy(path("quiet")));
    Operation.Room room = prepared.copy(path("room"));
    String old = operation.state(room);
    assertTrue(isDone("mount", "-o", "remount,ro", disk.toString()));
    String thrown = text(assertThrows(Exception.class, () -> operation.run(room)));
    assertEquals(old, operation.state(room), thrown);
    assertTrue(isDone("mount", "-o", "remount,rw", disk.toString()));
    assertEquals(new Judgement.Found(0, ""), judgement.of(room), thrown);
    assertTrue(isClear(thrown, room), thrown);
  }

  /** Returns whether an error names the disk's fault, or what cannot be written. */
  private static boolean isClear(String thrown, Operation.Room room) {
    return thrown.contains("No space left on device")
        || thrown.contains("Read-only file system")
        || thrown.contains(room.path("m"));
  }

  /** Fills the disk with a file, but for some pages. */
  private Path fill(int free) throws IOException {
    Path filler = disk.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[PAGE]);
      }
    } catch (IOException e) {
      // It is full.
    }
    try (var channel = Files.newByteChannel(filler, StandardOpenOption.WRITE)) {
      channel.truncate(Math.max(0, Files.size(filler) - (long) free * PAGE));
    }
    return filler;
  }

  private static String text(Throwable error) {
    return error + (error.getCause() == null ? "" : "\n  caused by " + text(error.getCause()));
  }
}
