package batchnorm.spark.files;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Literal paths: every character of a name stands for itself. Hadoop would parse text before a
 * colon as a scheme, and Spark would read {@code *?[]{}} and the backslash as a pattern.
 */
public final class LiteralPath {
  private static final String PATTERNS = "__globPaths__";

  /** Options of a {@code DataFrameReader} for one literal path; {@link ForReader} has several. */
  public static final Map<String, String> READER_OPTIONS = Map.of(PATTERNS, "false");

  private static final Pattern SPECIAL = Pattern.compile("[{}\\[\\]*?\\\\]");

  /** A scheme, followed by an absolute path: {@code s3a://bucket/x}, {@code file:/x}. */
  private static final Pattern WITH_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:/.*");

  private LiteralPath() {}

  /**
   * Options and paths with which a {@code DataFrameReader} reads literal paths, each once.
   *
   * @param options its options
   * @param paths its paths
   */
  public record ForReader(Map<String, String> options, List<String> paths) {
    /**
     * Returns it for some paths. If one of several has characters of a pattern, all are patterns
     * that match themselves: without patterns, Spark would read all of them again for each such
     * path.
     */
    public static ForReader of(List<String> paths) {
      boolean asPatterns = paths.size() > 1 && paths.stream().anyMatch(LiteralPath::isPattern);
      return asPatterns
          ? new ForReader(
              Map.of(PATTERNS, "true"), paths.stream().map(LiteralPath::pattern).toList())
          : new ForReader(READER_OPTIONS, paths);
    }
  }

  /** Returns whether {@code text} has characters that mean something in a pattern. */
  public static boolean isPattern(String text) {
    return SPECIAL.matcher(text).find();
  }

  /** Returns the pattern that matches only the path {@code text}. */
  private static String pattern(String text) {
    URI uri = of(text).toUri();
    String escaped = SPECIAL.matcher(uri.getPath()).replaceAll("\\\\$0");
    return new Path(uri.getScheme(), uri.getAuthority(), escaped).toString();
  }

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
