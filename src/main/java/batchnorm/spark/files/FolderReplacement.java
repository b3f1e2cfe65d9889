package batchnorm.spark.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Puts a folder in the place of another, which stays until the new one is complete.
 *
 * <pre>
 * .NAME.new-ID   the new folder, until it is complete
 * .NAME.old-ID   the old folder, from when the new one is complete until that is in its place
 * </pre>
 *
 * <p>No file system that Hadoop knows exchanges two folders in one step. A process that dies
 * between the two renames leaves both under these names, and nothing at NAME; {@link #recover}
 * finishes what it began.
 */
public final class FolderReplacement {
  private static final String ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8})";
  private static final Pattern NEW = Pattern.compile("\\.(.+)\\.new-" + ID);
  private static final Pattern OLD = Pattern.compile("\\.(.+)\\.old-" + ID);

  private final FileSystem files;
  private final Path target;
  private final String id = UUID.randomUUID().toString();

  /** Replaces {@code target}, which is qualified. */
  public FolderReplacement(FileSystem files, Path target) {
    this.files = files;
    this.target = target;
  }

  /** The path to write the new folder to; nothing is there yet. */
  public Path staged() {
    return staged(target, id);
  }

  /**
   * Moves the new folder, which is complete, to its place.
   *
   * @return whether it is there; if not, it is still where it was written
   */
  public boolean commit() throws IOException {
    Path replaced = LiteralPath.sibling(target, "." + target.getName() + ".old-" + id);
    boolean moved = false;
    try {
      // Nobody else makes a folder of the name with the id, which the old one could be moved into.
      moved = files.rename(target, replaced) && move(files, staged(), target);
    } finally {
      if (!moved && files.exists(replaced) && !files.exists(target)) {
        files.rename(replaced, target);
      }
    }
    files.delete(replaced, true);
    return moved;
  }

  /**
   * Moves a folder to a place where nothing is.
   *
   * @param from has a name that no folder in it has
   * @return whether it is there; not if somebody has made a folder there meanwhile
   */
  public static boolean move(FileSystem files, Path from, Path to) throws IOException {
    if (files.exists(to)) {
      return false;
    }
    boolean moved = files.rename(from, to);
    // Onto a folder that was made meanwhile, Hadoop's rename moves into it, and says it has moved.
    Path inside = LiteralPath.child(to, from.getName());
    if (files.exists(inside)) {
      files.rename(inside, from);
      return false;
    }
    return moved;
  }

  /** Returns whether {@code path} is the name of a new folder that was not moved to its place. */
  public static boolean isStaged(Path path) {
    return NEW.matcher(path.getName()).matches();
  }

  /**
   * Finishes a replacement of {@code target} that was interrupted when nothing was in its place:
   * the new folder was complete then.
   */
  public static void recover(FileSystem files, Path target) throws IOException {
    if (target.getParent() == null || files.exists(target)) {
      return;
    }
    for (Path replaced : left(files, target, OLD)) {
      Path staged = staged(target, id(replaced));
      if (files.exists(staged) && move(files, staged, target)) {
        files.delete(replaced, true);
      } else {
        move(files, replaced, target);
      }
    }
  }

  /**
   * Deletes what replacements of {@code target} have left that were interrupted. It would also end
   * one that another process is about to make: there is to be one writer at a time.
   */
  public static void clean(FileSystem files, Path target) throws IOException {
    for (Pattern kind : List.of(NEW, OLD)) {
      for (Path left : left(files, target, kind)) {
        files.delete(left, true);
      }
    }
  }

  private static Path staged(Path target, String id) {
    return LiteralPath.sibling(target, "." + target.getName() + ".new-" + id);
  }

  private static String id(Path replaced) {
    Matcher name = OLD.matcher(replaced.getName());
    return name.matches() ? name.group(2) : "";
  }

  private static List<Path> left(FileSystem files, Path target, Pattern kind) throws IOException {
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
