package batchnorm.spark.files;

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
 * A path whose file or folder is written beside it, and moved into place once it is complete.
 *
 * <pre>
 * .NAME.new-ID   the new file or folder, until it is complete
 * .NAME.old-ID   what is replaced, from when the new one is complete until that is in its place
 * </pre>
 *
 * <p>{@link #create}, {@link #replace} and {@link #replaceUnchanged} leave either the new or the
 * old in the place, and never put anything into a folder that another process has made there. A
 * file replaces a file in one step on a local disk and on HDFS. No file system that Hadoop knows
 * exchanges two folders in one step: a process that dies between the two renames leaves both under
 * these names, and nothing at NAME; {@link #recover} completes it.
 *
 * <p>On HDFS a rename refuses a place that is taken. Elsewhere {@link FileSystem#rename} may move
 * into a folder that was made since it was found missing, and returns true; it is looked for there
 * afterwards and taken out. A store that copies to rename may fail with some of the files copied:
 * they are deleted, as the copies of what is still complete beside them.
 */
public final class AtomicPath {
  private static final String ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8})";
  private static final Pattern NEW = Pattern.compile("\\.(.+)\\.new-" + ID);
  private static final Pattern OLD = Pattern.compile("\\.(.+)\\.old-" + ID);

  /** The greatest length of files that are compared byte by byte. */
  private static final long COMPARED = 1 << 16;

  private final FileSystem files;
  private final Path target;
  private final String id = UUID.randomUUID().toString();

  /** Takes a place, which is qualified. */
  public AtomicPath(FileSystem files, Path target) {
    this.files = files;
    this.target = target;
  }

  /**
   * Returns {@code files} without the checksum that Hadoop puts beside a local file, which would go
   * stale when another program rewrites it.
   */
  public static FileSystem withoutChecksums(FileSystem files) {
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /** Returns the path to write the new file or folder to; nothing is there yet. */
  public Path staged() {
    return staged(id);
  }

  /** Writes the new file, or writes it again. */
  public void write(byte[] content) throws IOException {
    try (OutputStream out = files.create(staged(), true)) {
      out.write(content);
    }
  }

  /** Deletes the new file or folder, if it is not in its place. */
  public void discard() throws IOException {
    files.delete(staged(), true);
  }

  /**
   * Moves the complete new file or folder to its place, if nothing is there.
   *
   * @return true if it is there; if false, it is still where it was written
   */
  public boolean create() throws IOException {
    return move(staged());
  }

  /**
   * Moves the complete file or folder to its place; if that fails, deletes the files that were
   * copied.
   */
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
   * Moves the complete new file or folder to its place, replacing whatever is there.
   *
   * @return true if it is there; if false, it is still where it was written, and what was there
   *     before is still in place
   */
  public boolean replace() throws IOException {
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
    return files.exists(target) ? exchange(null) : create();
  }

  /**
   * Moves the complete new folder to its place, if the contents there have not changed.
   *
   * @param before the {@link #contents()} of an earlier time
   * @return true if it is there, as in {@link #replace}
   */
  public boolean replaceUnchanged(Set<String> before) throws IOException {
    if (files.exists(target)) {
      return exchange(before);
    }
    return before.isEmpty() && create();
  }

  /**
   * Renames the old folder and moves the new one into place; if that fails, restores the old one.
   */
  private boolean exchange(Set<String> before) throws IOException {
    // Nobody else makes a folder of the name with the id, which the old one could be moved into.
    Path replaced = LiteralPath.sibling(target, "." + target.getName() + ".old-" + id);
    boolean isAside = false;
    boolean moved;
    try {
      isAside = files.rename(target, replaced);
      // Compared when it has been moved, so that nobody can write there any more.
      moved = isAside && (before == null || before.equals(contents(replaced))) && create();
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
    return moved;
  }

  private void restore(Path replaced) throws IOException {
    if (files.exists(target)) {
      deleteCopies(target, replaced);
    } else if (files.exists(replaced)) {
      move(replaced);
    }
  }

  /**
   * Returns the files in the place, each with its size; none if there is none. Spark gives its
   * files new names each time; times would not stay where a move is a copy.
   */
  public Set<String> contents() throws IOException {
    return contents(target);
  }

  private Set<String> contents(Path folder) throws IOException {
    Set<String> contents = new TreeSet<>();
    if (files.exists(folder)) {
      int length = files.makeQualified(folder).toString().length();
      RemoteIterator<LocatedFileStatus> found = files.listFiles(folder, true);
      while (found.hasNext()) {
        LocatedFileStatus file = found.next();
        contents.add(file.getPath().toString().substring(length) + " " + file.getLen());
      }
    }
    return contents;
  }

  /**
   * Moves a file or folder to a place where nothing is.
   *
   * @param from the source; no folder in it has its name
   * @return true if it is there; false if another process has created something there meanwhile. A
   *     store that copies to rename may have copied some of it
   */
  public static boolean move(FileSystem files, Path from, Path to) throws IOException {
    if (files.exists(to)) {
      return false;
    }
    if (isHdfs(files)) {
      return moveOnHdfs(files, from, to);
    }
    if (isLocalDisk(files) && files.getFileStatus(from).isFile()) {
      return moveOnDisk(files, from, to);
    }
    boolean moved = files.rename(from, to);
    return !isInside(files, from, to) && moved;
  }

  /** Returns whether {@code from} has been moved into {@code to}, after taking it out again. */
  private static boolean isInside(FileSystem files, Path from, Path to) throws IOException {
    Path inside = LiteralPath.child(to, from.getName());
    if (!isFolder(files, to) || !files.exists(inside)) {
      return false;
    }
    files.rename(inside, from);
    return true;
  }

  /** Deletes the files that a failed rename has copied: some of those under the old name. */
  private void deleteCopies(Path from, Path to) throws IOException {
    if (isFolder(files, to) && isCopied(from, to)) {
      files.delete(to, true);
    }
  }

  /** Returns whether there are files in {@code to}, and all of them are in {@code from}, too. */
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

  /** Large files are those of Spark's tasks, which have names of their own each time. */
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

  private static boolean isLocalDisk(FileSystem files) {
    return files.getClass() == RawLocalFileSystem.class;
  }

  private static boolean moveOnDisk(FileSystem files, Path from, Path to, CopyOption... options)
      throws IOException {
    RawLocalFileSystem local = (RawLocalFileSystem) files;
    java.nio.file.Path place = local.pathToFile(to).toPath();
    try {
      // A checksum of what was there before would make Hadoop refuse the new file.
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

  /** Renames in one step, which fails where anything is, or replaces a file. */
  private static boolean moveOnHdfs(FileSystem files, Path from, Path to, Rename... options)
      throws IOException {
    try {
      FileContext.getFileContext(files.getUri(), files.getConf()).rename(from, to, options);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Returns whether {@code path} is the name of a new folder that was not moved to its place. */
  public static boolean isStaged(Path path) {
    return NEW.matcher(path.getName()).matches();
  }

  /**
   * Finishes a replacement that was interrupted when nothing was in the place: the new folder was
   * complete then.
   */
  public void recover() throws IOException {
    if (target.getParent() == null || files.exists(target)) {
      return;
    }
    for (Path replaced : left(OLD)) {
      Path staged = staged(id(replaced));
      if (files.exists(staged) && move(files, staged, target)) {
        files.delete(replaced, true);
      } else {
        move(files, replaced, target);
      }
    }
  }

  /**
   * Deletes the remains of interrupted replacements. It would also end one that another process is
   * about to make: there is to be one writer at a time.
   */
  public void clean() throws IOException {
    for (Pattern kind : List.of(NEW, OLD)) {
      for (Path left : left(kind)) {
        files.delete(left, true);
      }
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
