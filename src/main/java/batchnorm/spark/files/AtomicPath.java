package batchnorm.spark.files;

import batchnorm.spark.errors.OutputErrors;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Path whose file or folder is written next to it, and renamed when it is complete.
 *
 * <pre>
 * .NAME.new-ID   the new file or folder, until it is complete
 * .NAME.old-ID   the old file or folder, from when the new one is complete until that is in place
 * </pre>
 *
 * <p>{@link #create}, {@link #replace} and {@link #replaceUnchanged} leave either the new or the
 * old one in place, and never write into a folder that another process has created there. On a
 * local disk and on HDFS, a file replaces a file in one step. No file system of Hadoop exchanges
 * two folders in one step: a process that fails between the two renames leaves both under these
 * names, and nothing at NAME. {@link #recover} completes the exchange.
 *
 * <p>The writer of the same path that succeeds deletes the new folders of others ({@link #clean}).
 * If one of these is still being written, its later files would make a new folder without the
 * earlier ones: {@link #reserve} lets that be an error.
 *
 * <p>On HDFS a rename fails if the target exists. Elsewhere {@link FileSystem#rename} returns true
 * but moves into the target, if another process has created a folder there meanwhile. This is
 * checked afterwards, and the moved folder is taken out again. A store that renames by copying may
 * fail after some files: these copies are deleted, since the originals are complete.
 */
public final class AtomicPath {
  private static final String ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8})";
  private static final Pattern NEW = Pattern.compile("\\.(.+)\\.new-" + ID);
  private static final Pattern OLD = Pattern.compile("\\.(.+)\\.old-" + ID);

  /** File in a new folder while it is written. */
  private static final String WRITING = "_writing";

  /** Maximum length of files that are compared byte by byte. */
  private static final long COMPARED = 1 << 16;

  private final FileSystem files;
  private final Path target;
  private final String id = UUID.randomUUID().toString();
  private boolean isReserved;

  /** Returns the path {@code target}, which must be qualified. */
  public AtomicPath(FileSystem files, Path target) {
    this.files = files;
    this.target = target;
  }

  /**
   * Returns {@code files} without Hadoop's checksum files on a local disk: a checksum would be
   * wrong after another program rewrites the file.
   */
  public static FileSystem withoutChecksums(FileSystem files) {
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /** Returns the path to which the new file or folder is written; it does not exist yet. */
  public Path staged() {
    return staged(id);
  }

  /**
   * Creates the new folder, with a file that is deleted when the folder is complete.
   *
   * @return false if it cannot be created
   */
  public boolean reserve() throws IOException {
    if (!files.mkdirs(staged())) {
      return false;
    }
    files.create(new Path(staged(), WRITING), false).close();
    isReserved = true;
    return true;
  }

  /** Requires that the new file or folder has not been deleted since it was created. */
  private void complete() throws IOException {
    boolean isWhole =
        isReserved ? files.delete(new Path(staged(), WRITING), false) : files.exists(staged());
    if (!isWhole) {
      // What was written after the deletion is a folder without the earlier files.
      discard();
      throw OutputErrors.deletedMeanwhile(target.toString());
    }
    isReserved = false;
  }

  /** Writes or overwrites the new file. */
  public void write(byte[] content) throws IOException {
    try (OutputStream out = files.create(staged(), true)) {
      out.write(content);
    }
  }

  /** Deletes the new file or folder, unless it is in place. */
  public void discard() throws IOException {
    files.delete(staged(), true);
  }

  /**
   * Renames the complete new file or folder, if the target does not exist.
   *
   * @return true if it is in place; if false, it is still where it was written
   */
  public boolean create() throws IOException {
    complete();
    return move(staged());
  }

  /** Renames the complete file or folder; if that fails, deletes the copied files. */
  private boolean move(Path from) throws IOException {
    boolean moved;
    try {
      moved = move(files, from, target);
    } catch (IOException | RuntimeException e) {
      after(e, () -> deleteCopies(from, target));
      throw e;
    }
    if (!moved) {
      deleteCopies(from, target);
    }
    return moved;
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void after(Exception failure, Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException again) {
      failure.addSuppressed(again);
    }
  }

  /**
   * Renames the complete new file or folder, and replaces an existing one.
   *
   * @return true if it is in place; if false, it is still where it was written, and the old one is
   *     in place
   */
  public boolean replace() throws IOException {
    complete();
    if (files.getFileStatus(staged()).isFile()) {
      if (isLocalDisk(files)) {
        return moveOnDisk(
            files,
            staged(),
            target,
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.ATOMIC_MOVE);
      } else if (isHdfs(files)) {
        return moveOnHdfs(files, staged(), target, Rename.OVERWRITE);
      }
    }
    return files.exists(target) ? exchange(null) : move(staged());
  }

  /**
   * Renames the complete new folder, if the contents of the old one have not changed.
   *
   * @param before the earlier {@link #contents()}
   * @return true if it is in place, as in {@link #replace}
   */
  public boolean replaceUnchanged(Set<String> before) throws IOException {
    complete();
    if (files.exists(target)) {
      return exchange(before);
    }
    return before.isEmpty() && move(staged());
  }

  /**
   * Renames the old folder and moves the new one into place; if that fails, restores the old one.
   */
  private boolean exchange(Set<String> before) throws IOException {
    // The id makes the name unique: no other process creates a folder there.
    Path replaced = LiteralPath.sibling(target, "." + target.getName() + ".old-" + id);
    Set<String> complete = contents(staged());
    boolean isAside = false;
    boolean moved;
    try {
      isAside = moveAside(replaced);
      // Compared after the move, when other processes no longer write there.
      moved = (before == null || before.equals(contents(replaced))) && moveIfThere();
      // Another process that found nothing in place may have completed the exchange. What was moved
      // is not looked at again: the next writer may be moving it aside.
      moved = moved || isAside && !files.exists(staged()) && complete.equals(contents());
    } catch (IOException | RuntimeException e) {
      after(e, () -> restore(replaced));
      throw e;
    }
    if (!moved) {
      restore(replaced);
    }
    if (isAside && files.exists(target)) {
      files.delete(replaced, true);
    }
    if (!moved && !files.exists(staged())) {
      throw OutputErrors.deletedMeanwhile(target.toString());
    }
    return moved;
  }

  /** Renames the old folder; returns false if another writer has done so. */
  private boolean moveAside(Path replaced) throws IOException {
    try {
      return isMovedOnDisk(files, target)
          ? moveOnDisk(files, target, replaced)
          : files.rename(target, replaced);
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private boolean moveIfThere() throws IOException {
    try {
      return move(staged());
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private void restore(Path replaced) throws IOException {
    if (files.exists(target)) {
      deleteCopies(target, replaced);
    } else if (files.exists(replaced)) {
      move(replaced);
    }
  }

  /**
   * Returns the files at the path with their sizes; empty if there is none, and incomplete if
   * another process moves or deletes them meanwhile. Spark gives its files new names each time.
   * Modification times are not compared, since a move by copying changes them.
   */
  public Set<String> contents() throws IOException {
    return contents(target);
  }

  private Set<String> contents(Path path) throws IOException {
    Set<String> contents = new TreeSet<>();
    try {
      add(files.getFileStatus(path), "", contents);
    } catch (FileNotFoundException e) {
      // Nothing is there, or no longer: what was found until then is returned.
    }
    return contents;
  }

  /**
   * Adds the files of a file or folder. Hadoop's list of them would read their permissions, too.
   */
  private void add(FileStatus status, String name, Set<String> contents) throws IOException {
    if (status.isFile()) {
      contents.add(name + " " + status.getLen());
    } else {
      for (FileStatus part : files.listStatus(status.getPath())) {
        add(part, name + "/" + part.getPath().getName(), contents);
      }
    }
  }

  /**
   * Moves a file or folder to a path that does not exist.
   *
   * @param from the source; no folder in it has the same name
   * @return true if it was moved; false if another process has created something there meanwhile. A
   *     store that renames by copying may have copied some files
   */
  public static boolean move(FileSystem files, Path from, Path to) throws IOException {
    if (files.exists(to)) {
      return false;
    }
    if (isHdfs(files)) {
      return moveOnHdfs(files, from, to);
    }
    if (isMovedOnDisk(files, from)) {
      return moveOnDisk(files, from, to);
    }
    boolean moved = files.rename(from, to);
    return !isInside(files, from, to) && moved;
  }

  /** Returns whether {@code from} was moved into the folder {@code to}, and moves it out again. */
  private static boolean isInside(FileSystem files, Path from, Path to) throws IOException {
    Path inside = LiteralPath.child(to, from.getName());
    if (!isFolder(files, to) || !files.exists(inside)) {
      return false;
    }
    files.rename(inside, from);
    return true;
  }

  /** Deletes the files that a failed rename has copied, which still exist under the old name. */
  private void deleteCopies(Path from, Path to) throws IOException {
    if (isFolder(files, to) && isCopied(from, to)) {
      files.delete(to, true);
    }
  }

  /** Returns whether {@code to} has files, all of which are in {@code from}, too. */
  private boolean isCopied(Path from, Path to) throws IOException {
    int length = files.makeQualified(to).toString().length() + 1;
    RemoteIterator<LocatedFileStatus> found = files.listFiles(to, true);
    boolean isCopied = found.hasNext();
    while (isCopied && found.hasNext()) {
      FileStatus copy = found.next();
      isCopied = isSame(LiteralPath.child(from, copy.getPath().toString().substring(length)), copy);
    }
    return isCopied;
  }

  /**
   * Returns whether the files are equal. Large files are compared by name and length: those of
   * Spark's tasks have unique names.
   */
  private boolean isSame(Path file, FileStatus copy) throws IOException {
    return files.exists(file)
        && files.getFileStatus(file).getLen() == copy.getLen()
        && (copy.getLen() > COMPARED || Arrays.equals(read(file), read(copy.getPath())));
  }

  private byte[] read(Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return in.readAllBytes();
    }
  }

  private static boolean isFolder(FileSystem files, Path path) throws IOException {
    try {
      return files.getFileStatus(path).isDirectory();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /** Returns whether files are on a local disk, and are moved there as Hadoop itself does. */
  private static boolean isLocalDisk(FileSystem files) {
    try {
      return files instanceof RawLocalFileSystem
          && files.getClass().getMethod("rename", Path.class, Path.class).getDeclaringClass()
              == RawLocalFileSystem.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns whether {@code from} can be moved in one step on a local disk. If that fails, Hadoop
   * copies the files one by one, also into a folder that another process has moved there. The
   * checksum of a file would not be moved.
   */
  private static boolean isMovedOnDisk(FileSystem files, Path from) throws IOException {
    return isLocalDisk(files.getFileStatus(from).isFile() ? files : withoutChecksums(files));
  }

  private static boolean moveOnDisk(FileSystem files, Path from, Path to, CopyOption... options)
      throws IOException {
    RawLocalFileSystem local = (RawLocalFileSystem) withoutChecksums(files);
    java.nio.file.Path place = local.pathToFile(to).toPath();
    try {
      // A checksum file of the old file would make Hadoop reject the new one.
      Files.deleteIfExists(place.resolveSibling("." + place.getFileName() + ".crc"));
      Files.move(local.pathToFile(from).toPath(), place, options);
      return true;
    } catch (FileSystemException e) {
      return false;
    }
  }

  private static boolean isHdfs(FileSystem files) {
    return "hdfs".equals(files.getUri().getScheme());
  }

  /** Renames in one step; fails if the target exists, or replaces a file. */
  private static boolean moveOnHdfs(FileSystem files, Path from, Path to, Rename... options)
      throws IOException {
    try {
      FileContext.getFileContext(files.getUri(), files.getConf()).rename(from, to, options);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Returns whether {@code path} is the name of a new folder that is not in place. */
  public static boolean isStaged(Path path) {
    return NEW.matcher(path.getName()).matches();
  }

  /**
   * Completes a replacement that was interrupted between its two renames; the new folder was
   * complete.
   */
  public void recover() throws IOException {
    if (target.getParent() == null || files.exists(target)) {
      return;
    }
    for (Path replaced : left(OLD)) {
      Path staged = staged(id(replaced));
      try {
        if (files.exists(staged) && move(files, staged, target)) {
          files.delete(replaced, true);
        } else if (files.exists(replaced)) {
          move(files, replaced, target);
        }
      } catch (FileNotFoundException e) {
        // Its writer is running, and has completed the exchange.
        continue;
      }
    }
  }

  /**
   * Deletes the remains of interrupted replacements. It also makes a replacement by another running
   * process fail: there must be only one writer at a time. Nothing is deleted while nothing is in
   * place, since the other process may be between its two renames.
   */
  public void clean() throws IOException {
    for (Pattern kind : List.of(NEW, OLD)) {
      for (Path left : left(kind)) {
        if (files.exists(target)) {
          delete(left);
        }
      }
    }
  }

  /** Deletes a file, or a folder as a whole, of which another process must not use a part. */
  private void delete(Path left) throws IOException {
    Path taken = staged(UUID.randomUUID().toString());
    try {
      files.delete(isFolder(files, left) && files.rename(left, taken) ? taken : left, true);
    } catch (FileNotFoundException e) {
      // Another process has moved or deleted it.
      return;
    }
  }

  private Path staged(String id) {
    return LiteralPath.sibling(target, "." + target.getName() + ".new-" + id);
  }

  private static String id(Path replaced) {
    Matcher name = OLD.matcher(replaced.getName());
    return name.matches() ? name.group(2) : "";
  }

  private List<Path> left(Pattern kind) throws IOException {
    List<Path> left = new ArrayList<>();
    try {
      for (FileStatus beside : files.listStatus(target.getParent())) {
        Matcher name = kind.matcher(beside.getPath().getName());
        if (name.matches() && name.group(1).equals(target.getName())) {
          left.add(beside.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return left;
  }
}
