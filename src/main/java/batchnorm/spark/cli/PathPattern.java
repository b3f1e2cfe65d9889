package batchnorm.spark.cli;

import batchnorm.spark.files.LiteralPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobPattern;
import org.apache.hadoop.fs.Path;

/**
 * A path with Hadoop's wildcards. Hadoop's own search fails where a folder has a file with a colon
 * in its name, whether it matches or not; this one takes it like any other.
 */
final class PathPattern {
  private final FileSystem files;
  private final Path path;

  PathPattern(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** Returns whether Hadoop, and thus Spark, fails to find the files that this matches. */
  boolean isTooMuchForHadoop() throws IOException {
    try {
      files.globStatus(path);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** Returns the files and folders that the pattern matches, sorted by name. */
  List<FileStatus> matches() throws IOException {
    List<FileStatus> matches = new ArrayList<>();
    String text = path.toUri().getPath();
    for (String flat : GlobExpander.expand(text)) {
      Path start =
          flat.startsWith(Path.SEPARATOR)
              ? files.makeQualified(new Path(Path.SEPARATOR))
              : files.getWorkingDirectory();
      collect(
          start, Arrays.stream(flat.split("/")).filter(name -> !name.isEmpty()).toList(), matches);
    }
    return matches.stream().distinct().sorted().toList();
  }

  private void collect(Path folder, List<String> names, List<FileStatus> matches)
      throws IOException {
    Path at = folder;
    for (int i = 0; i < names.size(); i++) {
      GlobPattern pattern = new GlobPattern(names.get(i));
      if (pattern.hasWildcard()) {
        List<String> rest = names.subList(i + 1, names.size());
        for (FileStatus child : children(at)) {
          boolean isMatch = pattern.matches(child.getPath().getName());
          if (isMatch && rest.isEmpty()) {
            // The listing has told all of it.
            matches.add(child);
          } else if (isMatch) {
            collect(child.getPath(), rest, matches);
          }
        }
        return;
      }
      at = LiteralPath.child(at, names.get(i).replaceAll("\\\\(.)", "$1"));
    }
    try {
      matches.add(files.getFileStatus(at));
    } catch (FileNotFoundException e) {
      // The pattern goes on where this branch ends.
    }
  }

  private FileStatus[] children(Path folder) throws IOException {
    try {
      FileStatus[] children = files.listStatus(folder);
      // A file is listed as itself.
      boolean isFile = children.length == 1 && children[0].getPath().equals(folder);
      return isFile ? new FileStatus[0] : children;
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }
}
