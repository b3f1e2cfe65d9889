package batchnorm.spark.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The old or the new folder is there, whatever happens between. */
class FolderReplacementTest {
  private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

  @TempDir java.nio.file.Path directory;

  /** Somebody makes the folder between the look at its place and the rename. */
  private final class RacedFiles extends RawLocalFileSystem {
    @Override
    public boolean rename(Path from, Path to) throws IOException {
      if (to.getName().equals("m")) {
        write("m", "others");
      }
      return super.rename(from, to);
    }
  }

  private FileSystem files;
  private Path target;

  @BeforeEach
  void open() throws IOException {
    files = initialized(new RawLocalFileSystem());
    target = new Path(directory.resolve("m").toUri());
  }

  private static FileSystem initialized(FileSystem files) throws IOException {
    files.initialize(URI.create("file:///"), new Configuration());
    return files;
  }

  @Test
  void theNewFolderTakesThePlaceOfTheOld() throws IOException {
    write("m", "old");
    FolderReplacement replacement = new FolderReplacement(files, target);
    write(replacement.staged().getName(), "new");
    assertTrue(FolderReplacement.isStaged(replacement.staged()));
    assertTrue(replacement.commit());
    assertEquals(List.of("m/new"), all());
  }

  /** As the model of groups that is saved to {@code groups} has. */
  @Test
  void theOldFolderMayHaveAFolderOfItsOwnName() throws IOException {
    write("m/m", "old");
    FolderReplacement replacement = new FolderReplacement(files, target);
    write(replacement.staged().getName() + "/m", "new");
    assertTrue(replacement.commit());
    assertEquals(List.of("m/m/new"), all());
  }

  @Test
  void aFolderThatIsMadeMeanwhileIsNotMovedInto() throws IOException {
    FileSystem raced = initialized(new RacedFiles());
    Path staged = new Path(directory.resolve("staged").toUri());
    write("staged", "ours");
    assertFalse(FolderReplacement.move(raced, staged, target));
    assertEquals(List.of("m/others", "staged/ours"), all());

    write("m", "old");
    FolderReplacement replacement = new FolderReplacement(raced, target);
    write(replacement.staged().getName(), "new");
    assertFalse(replacement.commit());
    assertEquals(
        List.of(replacement.staged().getName() + "/new", "m/others", "staged/ours"), all());
  }

  @Test
  void aReplacementThatWasInterruptedBetweenItsRenamesIsFinished() throws IOException {
    write(".m.old-" + ID, "old");
    write(".m.new-" + ID, "new");
    write(".other.old-" + ID, "old");
    FolderReplacement.recover(files, target);
    assertEquals(List.of(".other.old-" + ID + "/old", "m/new"), all());
  }

  @Test
  void theOldFolderComesBackWhereThereIsNoNewOne() throws IOException {
    write(".m.old-0f8fad5b", "old");
    write(".m.new-" + ID, "of another that was not complete");
    FolderReplacement.recover(files, target);
    assertEquals(List.of(".m.new-" + ID + "/of another that was not complete", "m/old"), all());
    FolderReplacement.clean(files, target);
    assertEquals(List.of("m/old"), all());
  }

  @Test
  void whatIsInItsPlaceStays() throws IOException {
    write("m", "there");
    write(".m.old-" + ID, "old");
    write(".m.new-" + ID, "new");
    FolderReplacement.recover(files, target);
    assertEquals(3, all().size());
    write(".m.new-mine", "a name of somebody's own");
    write(".mm.new-" + ID, "of another");
    FolderReplacement.clean(files, target);
    assertEquals(
        List.of(".m.new-mine/a name of somebody's own", ".mm.new-" + ID + "/of another", "m/there"),
        all());
  }

  @Test
  void nothingIsRecoveredWhereNothingIs() throws IOException {
    FolderReplacement.recover(files, new Path(target, "deeper/still"));
    FolderReplacement.recover(files, new Path("file:/"));
    assertEquals(List.of(), all());
  }

  private void write(String folder, String file) throws IOException {
    Files.createDirectories(directory.resolve(folder));
    if (!Files.exists(directory.resolve(folder).resolve(file))) {
      Files.createFile(directory.resolve(folder).resolve(file));
    }
  }

  private List<String> all() throws IOException {
    try (Stream<java.nio.file.Path> found = Files.walk(directory)) {
      return found
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
