package batchnorm.spark.kills;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** Number of files and folders that another process creates, renames or deletes in a folder. */
final class NameChanges implements AutoCloseable {
  private final WatchService service;
  private int count;

  NameChanges(Path folder) throws IOException {
    service = folder.getFileSystem().newWatchService();
    watch(folder);
  }

  /** Watches a folder and those in it, unless they are already gone. */
  private void watch(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path one, BasicFileAttributes attributes)
              throws IOException {
            try {
              one.register(service, ENTRY_CREATE, ENTRY_DELETE);
            } catch (NoSuchFileException e) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Waits a millisecond for a change; returns the number of changes until now. */
  int next() throws IOException, InterruptedException {
    WatchKey key = service.poll(1, TimeUnit.MILLISECONDS);
    if (key != null) {
      for (WatchEvent<?> event : key.pollEvents()) {
        count++;
        if (event.kind() == ENTRY_CREATE) {
          Path created = ((Path) key.watchable()).resolve((Path) event.context());
          if (Files.isDirectory(created)) {
            watch(created);
          }
        }
      }
      key.reset();
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
