package batchnorm.spark.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.FailingFiles;
import batchnorm.spark.testing.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Versions whose model is a count: each must be one more than the version before it. */
class ModelVersionsTest {
  private static final int KEPT = 3;
  private static final String COUNT = "data/part-0";

  @TempDir Path directory;

  @Test
  void directoryThatDoesNotExistHasNoVersions() throws IOException {
    ModelVersions versions = open(directory.resolve("new"));
    assertEquals(Optional.empty(), versions.newest());
    assertFalse(versions.exist());
    assertEquals(1, add(versions, "q", 0).number());
    assertTrue(versions.exist());
  }

  @Test
  void newestVersionSaysWhatItHasLearned() throws IOException {
    ModelVersions versions = open(directory);
    add(versions, "q", 0);
    add(versions, "q", 1);
    add(versions, "r", 0);
    ModelVersion newest = versions.newest().orElseThrow();
    assertEquals(3, newest.number());
    assertEquals(OptionalLong.of(2), newest.previous());
    assertEquals(new StreamProgress("r", 0, Map.of("q", 1L, "r", 0L)), newest.progress());
    assertEquals(3, count(newest));
    assertEquals(newest, versions.version(3).orElseThrow());
    assertEquals(2, versions.endingWith("q", 1).orElseThrow().number());
    assertEquals(OptionalLong.empty(), versions.version(1).orElseThrow().previous());
    assertEquals(Optional.empty(), versions.endingWith("q", 2));
    assertTrue(newest.progress().has("q", 0));
    assertFalse(newest.progress().has("r", 1));
    assertFalse(newest.progress().has("other", 0));
  }

  @Test
  void newestVersionsAreKept() throws IOException {
    ModelVersions versions = open(directory);
    for (int batch = 0; batch < 5; batch++) {
      add(versions, "q", batch);
    }
    assertEquals(List.of("version=3", "version=4", "version=5"), names());
  }

  @Test
  void oldVersionsStayUntilTheNewOneIsComplete() throws IOException {
    ModelVersions versions = open(directory);
    for (int batch = 0; batch < KEPT; batch++) {
      add(versions, "q", batch);
    }
    List<String> before = names();
    Optional<ModelVersion> newest = versions.newest();
    IOException failure = new IOException("disk full");
    assertEquals(
        failure,
        assertThrows(
            IOException.class,
            () ->
                versions.add(
                    newest,
                    newest.get().progress().then("q", 9),
                    KEPT,
                    path -> {
                      write(path, 4);
                      assertTrue(names().containsAll(before));
                      throw failure;
                    })));
    assertEquals(before, names());
    assertEquals(newest, versions.newest());
  }

  @Test
  void whatAWriterLeftBehindIsIgnoredAndThenDeleted() throws IOException {
    ModelVersions versions = open(directory);
    add(versions, "q", 0);
    write(directory.resolve(".version=2.dead").toString(), 7);
    write(directory.resolve(".version=4.alive").toString(), 7);
    assertEquals(1, versions.newest().orElseThrow().number());
    add(versions, "q", 1);
    assertEquals(List.of(".version=4.alive", "version=1", "version=2"), names());
  }

  @ParameterizedTest
  @CsvSource({
    "\"batchId\" : 1, \"batchId\" : 0, false",
    "\"batchId\" : 1, \"batchId\" : 0, true",
    "\"data/part-0\", \"data/../../version=1/data/part-0\", true",
    "\"checksum\" : \"[0-9a-f]*\", \"checksum\" : \"0\", true"
  })
  void versionsWhoseDescriptionIsDamagedAreNotComplete(
      String before, String after, boolean withoutHadoopChecksums) throws IOException {
    ModelVersions versions = open(directory);
    add(versions, "q", 0);
    add(versions, "q", 1);
    Path description = directory.resolve("version=2/_version.json");
    if (withoutHadoopChecksums) {
      Files.delete(description.resolveSibling("._version.json.crc"));
    }
    String text = Files.readString(description);
    Files.writeString(description, text.replaceFirst(before, after));
    assertFalse(text.equals(Files.readString(description)));
    assertEquals(1, versions.newest().orElseThrow().number());
  }

  /** As of releases that wrote no checksum. */
  @Test
  void pathsInADescriptionStayInTheFolder() throws IOException {
    ModelVersions versions = open(directory);
    add(versions, "q", 0);
    Path description = directory.resolve("version=1/_version.json");
    Files.deleteIfExists(description.resolveSibling("._version.json.crc"));
    String old =
        Files.readString(description).replaceFirst(",\\s*\"checksum\" : \"[0-9a-f]*\"", "");
    assertFalse(old.contains("checksum"));
    Files.writeString(description, old);
    assertEquals(1, versions.newest().orElseThrow().number());
    String outside = old.replace("data/part-0", "data/../../version=1/data/part-0");
    Files.writeString(description, outside);
    assertEquals(Optional.empty(), versions.newest());
  }

  @Test
  void incompleteVersionsAreIgnoredAndThenDeleted() throws IOException {
    ModelVersions versions = open(directory);
    for (int batch = 0; batch < KEPT; batch++) {
      add(versions, "q", batch);
    }
    Files.delete(directory.resolve("version=3/data/part-0"));
    Files.writeString(directory.resolve("version=2/data/part-0"), "shorter?");
    write(directory.resolve("version=5").toString(), 7);
    for (String text : List.of("", "{\"formatVersion\": 1, ", "{}")) {
      Path folder = Files.createDirectories(directory.resolve("version=" + (6 + text.length())));
      Files.writeString(folder.resolve("_version.json"), text);
    }
    assertEquals(1, versions.newest().orElseThrow().number());
    ModelVersion added = add(versions, "q", 3);
    assertEquals(28, added.number());
    assertEquals(2, count(added));
    assertEquals(List.of("version=1", "version=28"), names());
  }

  @Test
  void otherNamesAreLeftAlone() throws IOException {
    List<String> others =
        List.of("_checkpoint", "notes", "version=", "version=03", "version=0", "version=2.old");
    for (String other : others) {
      write(directory.resolve(other).toString(), 7);
    }
    Files.writeString(directory.resolve("version=10"), "a file");
    ModelVersions versions = open(directory);
    assertEquals(Optional.empty(), versions.newest());
    assertEquals(11, add(versions, "q", 0).number());
    assertTrue(names().containsAll(others), names().toString());
  }

  @Test
  void versionOfANewerLibraryIsRefused() throws IOException {
    write(directory.resolve("version=1").toString(), 7);
    Files.writeString(directory.resolve("version=1/_version.json"), "{\"formatVersion\": 2}");
    assertEquals(
        "The model at "
            + directory
                .resolve("version=1")
                .toUri()
                .toString()
                .replace("///", "/")
                .replaceAll("/$", "")
            + " has format version 2; this library reads versions up to 1. Update batchnorm-spark, "
            + "or save the model with an older one.",
        assertThrows(IllegalArgumentException.class, () -> open(directory).newest()).getMessage());
  }

  @Test
  void secondWriterOfANumberIsRefusedAndLeavesNothing() throws IOException {
    ModelVersions versions = open(directory);
    Optional<ModelVersion> first = Optional.of(add(versions, "q", 0));
    add(versions, "q", 1);
    assertRefused(2, () -> add(versions, first, path -> write(path, 7)));
    assertEquals(List.of("version=1", "version=2"), names());
    assertEquals(2, count(versions.newest().orElseThrow()));
  }

  @Test
  void writerThatIsOvertakenWhileItWritesIsRefused() throws IOException {
    ModelVersions versions = open(directory);
    Optional<ModelVersion> first = Optional.of(add(versions, "q", 0));
    assertRefused(
        2,
        () ->
            add(
                versions,
                first,
                path -> {
                  write(path, 7);
                  add(versions, "other", 0);
                }));
    assertEquals(List.of("version=1", "version=2"), names());
    assertEquals(2, count(versions.newest().orElseThrow()));
  }

  /** The other has renamed its version into existence but not yet deleted anything. */
  @Test
  void renamingOntoAVersionLeavesItAsItIs(@TempDir Path elsewhere) throws IOException {
    ModelVersions versions = open(directory);
    Optional<ModelVersion> first = Optional.of(add(versions, "q", 0));
    add(open(elsewhere), "other", 0);
    add(open(elsewhere), "other", 1);
    assertRefused(
        2,
        () ->
            add(
                versions,
                first,
                path -> {
                  write(path, 7);
                  Files.move(elsewhere.resolve("version=2"), directory.resolve("version=2"));
                }));
    assertEquals(List.of("version=1", "version=2"), names());
    assertEquals(
        List.of("_version.json", "data", "metadata"), names(directory.resolve("version=2")));
    assertEquals(2, count(versions.newest().orElseThrow()));
  }

  /** The number is free again when the writer wakes up, and yet it must not succeed. */
  @Test
  void writerThatSleptWhileItsNumberWasWrittenAndDeletedIsRefused() throws IOException {
    ModelVersions versions = open(directory);
    Optional<ModelVersion> first = Optional.of(add(versions, "q", 0));
    for (Optional<ModelVersion> previous : List.of(first, Optional.<ModelVersion>empty())) {
      ModelVersions slept = open(directory.resolve(previous.isPresent() ? "." : "fresh"));
      long newest = KEPT + (previous.isPresent() ? 2 : 1);
      assertRefused(
          newest,
          () ->
              add(
                  slept,
                  previous,
                  path -> {
                    for (int batch = 0; batch <= KEPT; batch++) {
                      add(slept, "other", batch);
                    }
                    write(path, 7);
                  }));
      assertEquals(newest, slept.newest().orElseThrow().number());
      assertEquals(newest, count(slept.newest().orElseThrow()));
    }
  }

  @Test
  void noCountIsLostWhereThreadsRace() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String query = "q" + i;
        writers.add(() -> Racer.race(directory, query, 25));
      }
      int lost = 0;
      for (Future<Integer> writer : threads.invokeAll(writers)) {
        lost += writer.get();
      }
      assertEveryAttemptIsCounted(100, lost);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void noCountIsLostWhereProcessesRace() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Racer.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      // The other says that it is there, and begins when it is told to.
      assertEquals('r', other.getInputStream().read());
      other.getOutputStream().write('\n');
      other.getOutputStream().flush();
      int lost = Racer.race(directory, "here", Racer.ATTEMPTS);
      String lostThere = new String(other.getInputStream().readAllBytes()).strip();
      assertEquals(0, other.waitFor());
      assertEveryAttemptIsCounted(2 * Racer.ATTEMPTS, lost + Integer.parseInt(lostThere));
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void onAnObjectStoreOneOfTwoWritersOfANumberWins() throws IOException {
    ModelVersions versions = openStore();
    Optional<ModelVersion> first = Optional.of(add(versions, "q", 0));
    ObjectStore.beforeCreation(() -> add(openStore(), "other", 0));
    assertRefused(2, () -> add(versions, first, path -> write(path, 7)));
    assertEquals(List.of("version=1", "version=2"), names());
    assertEquals(2, count(versions.newest().orElseThrow()));
  }

  /** The second finds the number of the first taken, and does not know whether that still lives. */
  @Test
  void onAnObjectStoreAWriterThatIsPassedWhileItMovesLoses() throws IOException {
    ModelVersions versions = openStore();
    Optional<ModelVersion> first = Optional.of(add(versions, "q", 0));
    FailingFiles.meanwhile(() -> assertEquals(3, add(openStore(), "other", 0).number()));
    assertRefused(3, () -> add(versions, first, path -> write(path, 7)));
    ModelVersion newest = versions.newest().orElseThrow();
    assertEquals(3, newest.number());
    assertEquals(OptionalLong.of(1), newest.previous());
    assertEquals(2, count(newest));
  }

  /** The second takes the next number, and the first becomes complete before it. */
  @Test
  void onAnObjectStoreAWriterThatPassesOneThatBecomesCompleteLoses(@TempDir Path elsewhere)
      throws IOException {
    ModelVersions versions = openStore();
    Optional<ModelVersion> first = Optional.of(add(versions, "q", 0));
    add(open(elsewhere), "other", 0);
    add(open(elsewhere), "other", 1);
    Path claimed = Files.createDirectories(directory.resolve("version=2"));
    Files.writeString(claimed.resolve("_writer"), "alive");
    FailingFiles.meanwhile(
        () -> {
          write(claimed.toString(), 2);
          Files.copy(
              elsewhere.resolve("version=2/_version.json"), claimed.resolve("_version.json"));
        });
    assertRefused(2, () -> add(versions, first, path -> write(path, 7)));
    assertEquals(2, versions.newest().orElseThrow().number());
    assertEquals(3, add(versions, "q", 1).number() - 1);
    assertEquals(List.of("version=1", "version=2", "version=4"), names());
  }

  @Test
  void onAnObjectStoreTheNumberOfADeadWriterIsPassed() throws IOException {
    ModelVersions versions = openStore();
    add(versions, "q", 0);
    Path dead = Files.createDirectories(directory.resolve("version=2"));
    Files.writeString(dead.resolve("_writer"), "dead");
    assertEquals(3, add(versions, "q", 1).number());
    assertEquals(List.of("version=1", "version=3"), names());
    assertEquals(2, count(versions.newest().orElseThrow()));
  }

  @Test
  void onAnObjectStoreNoCountIsLostWhereThreadsRace() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String query = "q" + i;
        writers.add(() -> Racer.race(openStore(), query, 10));
      }
      int lost = 0;
      for (Future<Integer> writer : threads.invokeAll(writers)) {
        lost += writer.get();
      }
      assertEquals(40 - lost, count(openStore().newest().orElseThrow()));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theNewestVersionStandsForItsDirectory() throws IOException {
    Configuration configuration = new Configuration();
    String path = directory.toString();
    assertEquals(path, ModelVersions.newestIn(path, configuration));
    Files.createDirectory(directory.resolve("version=1"));
    assertEquals(
        "Model directory "
            + path
            + " has no complete version; expected one or more. Wait until the first batch is"
            + " learned, or check the path.",
        assertThrows(
                IllegalArgumentException.class, () -> ModelVersions.newestIn(path, configuration))
            .getMessage());
    ModelVersion version = add(open(directory), "q", 0);
    assertEquals(version.path().toString(), ModelVersions.newestIn(path, configuration));
    Files.createDirectory(directory.resolve("metadata"));
    assertEquals(path, ModelVersions.newestIn(path, configuration));
  }

  @Test
  void aModelIsNoDirectoryOfVersions() throws IOException {
    open(directory).requireNoModel();
    Files.createDirectory(directory.resolve("metadata"));
    assertEquals(
        "Path "
            + directory
            + " is a saved model; expected a directory for versions of a model, or none yet. Give"
            + " another directory, and start from that model with BatchNorm.setInitialModel.",
        assertThrows(IllegalArgumentException.class, open(directory)::requireNoModel).getMessage());
  }

  @Test
  void versionsAreNotReplacedByAModel() throws IOException {
    open(directory).requireReplaceable();
    ModelVersion version = add(open(directory), "q", 0);
    for (Path kept : List.of(directory, Path.of(version.path().toUri().getPath()))) {
      assertEquals(
          "Path "
              + kept
              + " holds versions of a model that a stream continues; expected the folder of a model"
              + " that may be replaced. Save the model to another path.",
          assertThrows(IllegalArgumentException.class, open(kept)::requireReplaceable)
              .getMessage());
    }
    Files.createDirectory(directory.resolve("metadata"));
    open(directory).requireReplaceable();
  }

  @Test
  void versionsStayAsLongAsAWindowHasPartsOfThem() throws IOException {
    ModelVersions versions = open(directory);
    VersionWindow window = new VersionWindow("batches", List.of());
    for (int batch = 0; batch < 5; batch++) {
      ModelVersion added =
          versions.add(
              versions.newest(),
              StreamProgress.first("q", batch),
              1,
              path -> write(path, 1),
              new ModelVersions.Parts(
                  window, new TreeMap<>(Map.of(100L + batch, path -> write(path, 2)))));
      assertEquals(added, versions.newest().orElseThrow());
      List<VersionWindow.Part> parts = added.window().parts();
      assertEquals(new VersionWindow.Part(batch + 1, 100 + batch), parts.get(parts.size() - 1));
      for (VersionWindow.Part part : parts) {
        assertTrue(Files.exists(Path.of(versions.path(part).substring("file:".length()), COUNT)));
      }
      window =
          new VersionWindow("batches", parts.subList(Math.max(0, parts.size() - 2), parts.size()));
    }
    assertEquals(List.of("version=3", "version=4", "version=5"), names());
  }

  @Test
  void aRepeatedBatchHasTheTimeOfItsFirstAttempt() throws IOException {
    assertEquals(5, open(directory).timeOf("q", 1, 5));
    assertEquals(5, open(directory).timeOf("q", 1, 6));
  }

  @AfterEach
  void letMovesSucceed() {
    FailingFiles.succeed();
  }

  private ModelVersions openStore() throws IOException {
    return new ModelVersions("store://" + directory, ObjectStore.configuration("store"));
  }

  /** Adds one to the count again and again. */
  static final class Racer {
    static final int ATTEMPTS = 100;

    public static void main(String[] args) throws IOException {
      System.out.print('r');
      System.out.flush();
      System.in.read();
      System.out.println(race(Path.of(args[0]), "there", ATTEMPTS));
    }

    /** Returns how many attempts were refused. */
    static int race(Path directory, String query, int attempts) throws IOException {
      return race(open(directory), query, attempts);
    }

    static int race(ModelVersions versions, String query, int attempts) throws IOException {
      int refused = 0;
      for (int attempt = 0; attempt < attempts; attempt++) {
        try {
          add(versions, query, attempt);
        } catch (IllegalStateException e) {
          refused++;
        }
      }
      return refused;
    }
  }

  private void assertEveryAttemptIsCounted(int attempts, int refused) throws IOException {
    ModelVersion newest = open(directory).newest().orElseThrow();
    assertEquals(attempts - refused, count(newest));
    assertEquals(attempts - refused, newest.number());
    assertEquals(KEPT, names().size(), names().toString());
  }

  private void assertRefused(long version, org.junit.jupiter.api.function.Executable write) {
    String text = assertThrows(IllegalStateException.class, write).getMessage();
    assertEquals(
        "has version="
            + version
            + " from another writer, written while this one was writing; expected one writer at a "
            + "time. Nothing is lost: that version stays, and nothing of this one is in it. Stop "
            + "one of the two, and start the other again: a query from its checkpoint, the fit of a "
            + "table as it was.",
        text.substring(text.indexOf("has version=")));
    assertTrue(text.matches("Model directory (store://)?\\Q" + directory + "\\E.*"), text);
  }

  private static ModelVersion add(ModelVersions versions, String query, long batch)
      throws IOException {
    Optional<ModelVersion> newest = versions.newest();
    int count = 1 + (newest.isPresent() ? count(newest.get()) : 0);
    StreamProgress progress =
        newest
            .map(version -> version.progress().then(query, batch))
            .orElseGet(() -> StreamProgress.first(query, batch));
    return versions.add(newest, progress, KEPT, path -> write(path, count));
  }

  private static ModelVersion add(
      ModelVersions versions, Optional<ModelVersion> previous, ModelVersions.Save model)
      throws IOException {
    return versions.add(previous, StreamProgress.first("q", 9), KEPT, model);
  }

  private static ModelVersions open(Path directory) throws IOException {
    return new ModelVersions(directory.toString(), new Configuration());
  }

  private static void write(String path, int count) throws IOException {
    Path folder = local(path);
    for (String file : List.of(COUNT, "metadata/part-0")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), Integer.toString(count));
    }
  }

  private static int count(ModelVersion version) throws IOException {
    return Integer.parseInt(Files.readString(local(version.path().toString()).resolve(COUNT)));
  }

  private static Path local(String path) {
    return Path.of(path.replaceFirst("^(file|store):(//)?", ""));
  }

  private List<String> names() throws IOException {
    return names(directory);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }
}
