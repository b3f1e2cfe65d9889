package batchnorm.spark.kills;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.files.AtomicPath;
import batchnorm.spark.model.ModelVersion;
import batchnorm.spark.model.ModelVersions;
import batchnorm.spark.model.StreamProgress;
import batchnorm.spark.testing.InterpretedExpressions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two writers of one path, each with its own file system: the output is that of one of them. */
@ExtendWith(InterpretedExpressions.class)
class TwoWritersTest {
  private static final int ROUNDS = System.getProperty("torture.minutes") == null ? 100 : 1_000;
  private static final int PARTS = 5;

  @TempDir Path directory;

  private final ExecutorService writers = Executors.newFixedThreadPool(2);
  private final CyclicBarrier start = new CyclicBarrier(2);

  @AfterEach
  void stop() {
    writers.shutdownNow();
  }

  @Test
  void folderIsThatOfOneWriter() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      List<String> names = List.of("a" + round, "b" + round);
      List<Optional<Throwable>> failures = new ArrayList<>();
      for (Future<Void> writer : both(() -> replace(names.get(0)), () -> replace(names.get(1)))) {
        failures.add(failure(writer));
      }
      new AtomicPath(files(), target()).recover();
      String there = whole(directory.resolve("m"));
      assertTrue(names.contains(there), "round " + round + ": " + there + " after " + failures);
      assertTrue(failures.stream().anyMatch(Optional::isEmpty), failures.toString());
    }
  }

  private Void replace(String name) throws Exception {
    AtomicPath place = new AtomicPath(files(), target());
    start.await();
    place.recover();
    place.reserve();
    try {
      for (int i = 0; i < PARTS; i++) {
        Path folder = Path.of(place.staged().toUri().getPath());
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + "-" + i), name);
      }
      if (place.replace()) {
        place.clean();
      } else {
        throw new IllegalStateException("not moved");
      }
    } finally {
      place.discard();
    }
    return null;
  }

  @Test
  void versionIsThatOfOneWriter() throws Exception {
    int both = 0;
    Optional<ModelVersion> previous = Optional.empty();
    for (int round = 0; round < ROUNDS; round++) {
      Optional<ModelVersion> before = previous;
      int number = round;
      int succeeded = 0;
      for (Future<ModelVersion> writer :
          both(() -> add(before, number, "a"), () -> add(before, number, "b"))) {
        succeeded += failure(writer).isEmpty() ? 1 : 0;
      }
      assertEquals(1, succeeded, "round " + round);
      previous = versions().newest();
      String there = whole(Path.of(previous.orElseThrow().path().toUri().getPath(), "data"));
      assertTrue(List.of("a" + round, "b" + round).contains(there), there);
      both++;
    }
  }

  private ModelVersion add(Optional<ModelVersion> previous, int round, String writer)
      throws Exception {
    ModelVersions versions = versions();
    StreamProgress progress = StreamProgress.first("query", round);
    start.await();
    return versions.add(previous, progress, 2, path -> write(path, writer + round));
  }

  private static void write(String path, String name) throws IOException {
    Path folder = Files.createDirectories(Path.of(URI.create(path).getPath(), "data"));
    for (int i = 0; i < PARTS; i++) {
      Files.writeString(folder.resolve(name + "-" + i), name);
    }
  }

  private ModelVersions versions() throws IOException {
    Configuration configuration = new Configuration();
    configuration.setBoolean("fs.file.impl.disable.cache", true);
    return new ModelVersions(directory.resolve("versions").toString(), configuration);
  }

  private <T> List<Future<T>> both(Callable<T> one, Callable<T> other) throws Exception {
    return writers.invokeAll(List.of(one, other));
  }

  /** Returns the failure of a writer, which must not be one of Java. */
  private static Optional<Throwable> failure(Future<?> writer) throws InterruptedException {
    try {
      writer.get();
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(e.getCause());
    }
  }

  private FileSystem files() throws IOException {
    FileSystem files = new LocalFileSystem();
    files.initialize(URI.create("file:///"), new Configuration());
    return files;
  }

  private org.apache.hadoop.fs.Path target() {
    return new org.apache.hadoop.fs.Path("file:" + directory.resolve("m"));
  }

  /** Returns the name of the writer of all files in the folder, or the list of the files. */
  private static String whole(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      List<String> names =
          found
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.startsWith("."))
              .sorted()
              .toList();
      String writer = names.isEmpty() ? "" : names.get(0).replaceAll("-.*", "");
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < PARTS; i++) {
        expected.add(writer + "-" + i);
      }
      return names.equals(expected) ? writer : names.toString();
    }
  }
}
