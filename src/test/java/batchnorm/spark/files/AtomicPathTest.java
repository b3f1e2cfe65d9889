package batchnorm.spark.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.FailingFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The old or the new folder or file is there, whatever happens between. */
class AtomicPathTest {
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

  /** The next writer moves the new folder aside, while somebody looks at it. */
  private static final class TakenFiles extends RawLocalFileSystem {
    private boolean isReplaced;

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      isReplaced |= AtomicPath.isStaged(from);
      return super.rename(from, to);
    }

    @Override
    public FileStatus[] listStatus(Path folder) throws IOException {
      if (isReplaced && folder.getName().equals("m")) {
        super.rename(folder, new Path(folder.getParent(), "taken"));
        throw new IOException("moved meanwhile");
      }
      return super.listStatus(folder);
    }
  }

  /** Stand-in for HDFS, which checks the target and renames in one step. */
  public static final class OneStep extends DelegateToFileSystem {
    public OneStep(URI uri, Configuration configuration) throws Exception {
      super(uri, new FailingFiles(), configuration, "hdfs", false);
    }

    @Override
    public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
      FailingFiles.happen();
      super.renameInternal(from, to, overwrite);
    }
  }

  private FileSystem files;
  private Path target;

  @BeforeEach
  void open() throws IOException {
    files = initialized(new RawLocalFileSystem());
    target = new Path(directory.resolve("m").toUri());
  }

  @AfterEach
  void letMovesSucceed() {
    FailingFiles.succeed();
  }

  private static FileSystem initialized(FileSystem files) throws IOException {
    files.initialize(URI.create("file:///"), new Configuration());
    return files;
  }

  @Test
  void newFolderThatTheNextWriterTakesIsNotReplacedByTheOld() throws IOException {
    write("m", "old");
    AtomicPath place = new AtomicPath(initialized(new TakenFiles()), target);
    write(place.staged().getName(), "new");
    assertTrue(place.replace());
    assertEquals(List.of("m/new"), all());
  }

  @Test
  void theNewFolderTakesThePlaceOfTheOld() throws IOException {
    write("m", "old");
    AtomicPath replacement = new AtomicPath(files, target);
    write(replacement.staged().getName(), "new");
    assertTrue(AtomicPath.isStaged(replacement.staged()));
    assertTrue(replacement.replace());
    assertEquals(List.of("m/new"), all());
  }

  /** An old file that two renames replace is deleted after them. */
  @Test
  void aFileIsReplacedInOneStepOnFileSystemsThatRenameAsHadoopDoes() throws IOException {
    List<String> deleted = new ArrayList<>();
    FileSystem derived =
        initialized(
            new RawLocalFileSystem() {
              @Override
              public boolean delete(Path path, boolean recursive) throws IOException {
                deleted.add(path.getName());
                return super.delete(path, recursive);
              }
            });
    Files.writeString(directory.resolve("m"), "old");
    AtomicPath place = new AtomicPath(derived, target);
    Files.writeString(directory.resolve(place.staged().getName()), "new");
    assertTrue(place.replace());
    assertEquals("new", Files.readString(directory.resolve("m")));
    assertEquals(List.of("m"), all());
    assertEquals(List.of(), deleted);
  }

  /** Files like those of the model of groups that is saved to {@code groups}. */
  @Test
  void theOldFolderMayHaveAFolderOfItsOwnName() throws IOException {
    write("m/m", "old");
    AtomicPath replacement = new AtomicPath(files, target);
    write(replacement.staged().getName() + "/m", "new");
    assertTrue(replacement.replace());
    assertEquals(List.of("m/m/new"), all());
  }

  @Test
  void aFolderThatIsMadeMeanwhileIsNotMovedInto() throws IOException {
    FileSystem raced = initialized(new RacedFiles());
    Path staged = new Path(directory.resolve("staged").toUri());
    write("staged", "ours");
    assertFalse(AtomicPath.move(raced, staged, target));
    assertEquals(List.of("m/others", "staged/ours"), all());

    write("m", "old");
    AtomicPath replacement = new AtomicPath(raced, target);
    write(replacement.staged().getName(), "new");
    assertFalse(replacement.replace());
    assertEquals(
        List.of(replacement.staged().getName() + "/new", "m/others", "staged/ours"), all());
  }

  @Test
  void aReplacementThatWasInterruptedBetweenItsRenamesIsFinished() throws IOException {
    write(".m.old-" + ID, "old");
    write(".m.new-" + ID, "new");
    write(".other.old-" + ID, "old");
    new AtomicPath(files, target).recover();
    assertEquals(List.of(".other.old-" + ID + "/old", "m/new"), all());
  }

  @Test
  void theOldFolderComesBackWhereThereIsNoNewOne() throws IOException {
    write(".m.old-0f8fad5b", "old");
    write(".m.new-" + ID, "of another that was not complete");
    new AtomicPath(files, target).recover();
    assertEquals(List.of(".m.new-" + ID + "/of another that was not complete", "m/old"), all());
    new AtomicPath(files, target).clean();
    assertEquals(List.of("m/old"), all());
  }

  @Test
  void whatIsInItsPlaceStays() throws IOException {
    write("m", "there");
    write(".m.old-" + ID, "old");
    write(".m.new-" + ID, "new");
    new AtomicPath(files, target).recover();
    assertEquals(3, all().size());
    write(".m.new-mine", "a name of somebody's own");
    write(".mm.new-" + ID, "of another");
    new AtomicPath(files, target).clean();
    assertEquals(
        List.of(".m.new-mine/a name of somebody's own", ".mm.new-" + ID + "/of another", "m/there"),
        all());
  }

  @Test
  void folderThatAnotherWriterDeletedWhileItWasWrittenDoesNotReplaceAnything() throws IOException {
    AtomicPath slow = new AtomicPath(files, target);
    assertTrue(slow.reserve());
    write(slow.staged().getName(), "first part");
    AtomicPath other = new AtomicPath(files, target);
    assertTrue(other.reserve());
    write(other.staged().getName(), "theirs");
    assertTrue(other.replace());
    other.clean();
    write(slow.staged().getName(), "second part");
    assertEquals(
        "What was written for "
            + target
            + " has been deleted by another writer that was done before; expected one writer at a "
            + "time. Look at what is there, and write again.",
        assertThrows(IllegalStateException.class, slow::replace).getMessage());
    assertEquals(List.of("m/theirs"), all());
    assertThrows(IllegalStateException.class, slow::create);
    assertEquals(List.of("m/theirs"), all());
  }

  @Test
  void oldFolderComesBackIfAnotherWriterDeletesTheNewOneMeanwhile() throws IOException {
    write("m", "old");
    AtomicPath place = new AtomicPath(other("store"), target("store"));
    write(place.staged().getName(), "new");
    FailingFiles.meanwhile(() -> files.delete(new Path(place.staged().toUri().getPath()), true));
    assertThrows(IllegalStateException.class, place::replace);
    assertEquals(List.of("m/old"), all());
  }

  @Test
  void replacementThatALoadCompletesMeanwhileSucceeds() throws IOException {
    write("m", "old");
    AtomicPath place = new AtomicPath(other("store"), target("store"));
    write(place.staged().getName(), "new");
    FailingFiles.meanwhile(() -> new AtomicPath(files, target).recover());
    assertTrue(place.replace());
    assertEquals(List.of("m/new"), all());
  }

  @Test
  void folderThatAnotherWriterHasMovedAsideMeanwhileIsReplaced() throws IOException {
    write("m", "old");
    FileSystem raced =
        initialized(
            new RawLocalFileSystem() {
              @Override
              public boolean rename(Path from, Path to) throws IOException {
                if (to.getName().contains(".old-")) {
                  super.delete(from, true);
                }
                return super.rename(from, to);
              }
            });
    AtomicPath place = new AtomicPath(raced, target);
    write(place.staged().getName(), "new");
    assertTrue(place.replace());
    assertEquals(List.of("m/new"), all());
  }

  @Test
  void nothingIsDeletedWhileAnotherWriterIsBetweenItsRenames() throws IOException {
    write(".m.old-" + ID, "old");
    write(".m.new-" + ID, "new");
    new AtomicPath(files, target).clean();
    assertEquals(List.of(".m.new-" + ID + "/new", ".m.old-" + ID + "/old"), all());
  }

  @Test
  void folderThatWasChangedMeanwhileIsNotReplaced() throws IOException {
    write("m", "old");
    AtomicPath replacement = new AtomicPath(files, target);
    write(replacement.staged().getName(), "new");
    Set<String> before = replacement.contents();
    write("m", "theirs");
    assertFalse(replacement.replaceUnchanged(before));
    assertEquals(List.of(replacement.staged().getName() + "/new", "m/old", "m/theirs"), all());
    assertTrue(replacement.replaceUnchanged(replacement.contents()));
    assertEquals(List.of("m/new"), all());
  }

  @Test
  void contentsTellWhetherAFolderWasWrittenAnew() throws IOException {
    assertEquals(Set.of(), contents("m"));
    java.nio.file.Path part = Files.createDirectories(directory.resolve("m/data"));
    Files.writeString(part.resolve("part-0"), "old");
    Set<String> before = contents("m");
    assertEquals(before, new AtomicPath(files, new Path(target + "/")).contents());
    Files.move(directory.resolve("m"), directory.resolve("moved"));
    assertEquals(before, contents("moved"));
    // A store that copies to move gives the copy a time of its own.
    Files.setLastModifiedTime(
        directory.resolve("moved/data/part-0"), FileTime.fromMillis(1_000_000_000_000L));
    assertEquals(before, contents("moved"));
    Files.move(directory.resolve("moved/data/part-0"), directory.resolve("moved/data/part-1"));
    assertNotEquals(before, contents("moved"));
  }

  private Set<String> contents(String name) throws IOException {
    return new AtomicPath(files, new Path("file:" + directory.resolve(name))).contents();
  }

  @ParameterizedTest
  @CsvSource({"old, false", "new, false", "old, true", "new, true"})
  void oldFolderIsThereAfterACopyThatFailsHalfWay(String failing, boolean throwing)
      throws IOException {
    write("m/data", "old");
    write("m/metadata", "old");
    AtomicPath replacement = new AtomicPath(other("store"), target("store"));
    write(replacement.staged().getName() + "/data", "new");
    write(replacement.staged().getName() + "/metadata", "new");
    FailingFiles.failHalfWay(failing, throwing);
    if (throwing) {
      IOException thrown = assertThrows(IOException.class, replacement::replace);
      assertEquals("the network is gone", thrown.getMessage());
    } else {
      assertFalse(replacement.replace());
    }
    replacement.discard();
    replacement.clean();
    assertEquals(List.of("m/data/old", "m/metadata/old"), all());
  }

  @Test
  void onHdfsTheRenameRefusesAPlaceThatIsTakenAndReplacesAFileInOneStep() throws IOException {
    FileSystem hdfs = other("hdfs");
    hdfs.getConf().set("fs.AbstractFileSystem.hdfs.impl", OneStep.class.getName());
    AtomicPath place = new AtomicPath(hdfs, target("hdfs"));
    write(place.staged().getName(), "ours");
    assertTrue(place.create());
    assertEquals(List.of("m/ours"), all());

    AtomicPath other = new AtomicPath(hdfs, target("hdfs"));
    write(other.staged().getName(), "new");
    FailingFiles.meanwhile(() -> write("m", "theirs"));
    assertFalse(other.replace());
    assertEquals(List.of(other.staged().getName() + "/new", "m/theirs"), all());
    FailingFiles.succeed();
    assertTrue(other.replace());
    assertEquals(List.of("m/new"), all());

    Path file = new Path("hdfs://" + directory.resolve("f"));
    for (String content : List.of("1", "2")) {
      AtomicPath single = new AtomicPath(hdfs, file);
      single.write(content.getBytes(UTF_8));
      FailingFiles.fail("old", true);
      assertTrue(single.replace());
      assertEquals(content, Files.readString(directory.resolve("f")));
    }
    assertEquals(List.of("f", "m/new"), all());
  }

  private FileSystem other(String scheme) throws IOException {
    return target(scheme).getFileSystem(FailingFiles.configuration(scheme));
  }

  private Path target(String scheme) {
    return new Path(scheme + "://" + directory.resolve("m"));
  }

  @Test
  void nothingIsRecoveredWhereNothingIs() throws IOException {
    new AtomicPath(files, new Path(target, "deeper/still")).recover();
    new AtomicPath(files, new Path("file:/")).recover();
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
