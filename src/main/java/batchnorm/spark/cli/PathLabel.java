package batchnorm.spark.cli;

import batchnorm.spark.files.LiteralPath;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * Names of paths on a page that may be sent to others: of an absolute path of this machine the last
 * parts only, as the folders above them tell of the machine and not of the model. All other paths,
 * and names of tables, stay as the user wrote them.
 */
final class PathLabel {
  private static final String SEPARATOR = ", ";

  private PathLabel() {}

  /** Returns the name of a path, or of several that are listed. */
  static String of(String paths) {
    return of(paths, 1);
  }

  /** Returns the names of two paths, with as many parts as tell them apart. */
  static List<String> apart(String first, String second) {
    int most = first.equals(second) ? 1 : Math.max(depth(first), depth(second));
    int parts = 1;
    while (parts < most && of(first, parts).equals(of(second, parts))) {
      parts++;
    }
    return List.of(of(first, parts), of(second, parts));
  }

  private static int depth(String paths) {
    return LiteralPath.of(paths).depth();
  }

  private static String of(String paths, int parts) {
    return Arrays.stream(paths.split(SEPARATOR))
        .map(path -> last(parts, path))
        .collect(Collectors.joining(SEPARATOR));
  }

  private static String last(int parts, String text) {
    Path path = LiteralPath.of(text);
    String scheme = path.toUri().getScheme();
    if (!path.isAbsolute() || !(scheme == null || scheme.equals("file"))) {
      return text;
    }
    Deque<String> last = new ArrayDeque<>();
    for (Path at = path; at != null && last.size() < parts; at = at.getParent()) {
      if (!at.isRoot()) {
        last.addFirst(at.getName());
      }
    }
    return last.isEmpty() ? text : String.join("/", last);
  }
}
