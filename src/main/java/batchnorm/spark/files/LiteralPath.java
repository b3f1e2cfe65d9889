package batchnorm.spark.files;

import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Literal paths: every character of a name stands for itself. Hadoop would parse text before a
 * colon as a scheme, and Spark would read {@code *?[]{}} and the backslash as a pattern.
 */
public final class LiteralPath {
  /** Options of a {@code DataFrameReader} for literal paths. */
  public static final Map<String, String> READER_OPTIONS = Map.of("__globPaths__", "false");

  /** A scheme, followed by an absolute path: {@code s3a://bucket/x}, {@code file:/x}. */
  private static final Pattern WITH_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:/.*");

  private LiteralPath() {}

  /** Returns the path {@code text}; it may have a scheme, or be relative. */
  public static Path of(String text) {
    int colon = text.indexOf(':');
    int slash = text.indexOf('/');
    boolean colonIsFirst = colon >= 0 && (slash < 0 || colon < slash);
    return colonIsFirst && !WITH_SCHEME.matcher(text).matches()
        ? new Path(null, null, text)
        : new Path(text);
  }

  /** Returns the path of the file or folder {@code name} in {@code folder}. */
  public static Path child(Path folder, String name) {
    return new Path(folder, new Path(null, null, name));
  }

  /** Returns the path of the file or folder {@code name} in {@code folder}, as a text. */
  public static String child(String folder, String name) {
    return child(of(folder), name).toString();
  }

  /** Returns the path of the file or folder {@code name} in the folder of {@code path}. */
  public static Path sibling(Path path, String name) {
    return child(path.getParent(), name);
  }
}
