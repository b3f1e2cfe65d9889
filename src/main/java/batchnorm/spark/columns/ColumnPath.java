package batchnorm.spark.columns;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A name as Spark SQL reads it: that of a column, then those of fields of structs, with dots
 * between them. A name that has dots itself stands in backticks, and a backtick in it is written
 * twice.
 *
 * @param names one or more, without backticks
 */
public record ColumnPath(List<String> names) {
  private static final Pattern NAME = Pattern.compile("\\G(?:`((?:[^`]|``)+)`|([^.`]+))(\\.|$)");

  /** Reads {@code text}; nothing if it is no such name. */
  static Optional<ColumnPath> of(String text) {
    List<String> names = new ArrayList<>();
    Matcher name = NAME.matcher(text);
    while (name.find()) {
      names.add(name.group(1) != null ? name.group(1).replace("``", "`") : name.group(2));
      if (name.end() == text.length()) {
        return name.group(3).isEmpty() ? Optional.of(new ColumnPath(names)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Returns {@code text} as {@link #toString} writes what it names; itself if it is no name. */
  public static String canonical(String text) {
    return of(text).map(ColumnPath::toString).orElse(text);
  }

  /** The name of a column as it is; the names of fields with backticks where they are needed. */
  @Override
  public String toString() {
    return names.size() == 1
        ? names.get(0)
        : names.stream().map(ColumnPath::quoted).collect(Collectors.joining("."));
  }

  private static String quoted(String name) {
    return name.contains(".") || name.contains("`") ? "`" + name.replace("`", "``") + "`" : name;
  }
}
