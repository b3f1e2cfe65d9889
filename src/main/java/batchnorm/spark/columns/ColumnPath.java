package batchnorm.spark.columns;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Column name as Spark SQL parses it: the name of a column, then names of fields of structs,
 * separated by dots. A name that contains dots is quoted by backticks, and a backtick in it is
 * doubled.
 *
 * @param names one or more, without backticks
 */
public record ColumnPath(List<String> names) {
  private static final Pattern NAME = Pattern.compile("\\G(?:`((?:[^`]|``)+)`|([^.`]+))(\\.|$)");

  /** Parses {@code text}; empty if it is not such a name. */
  public static Optional<ColumnPath> of(String text) {
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

  /** Returns {@code text} in the form of {@link #toString}; unchanged if it cannot be parsed. */
  public static String canonical(String text) {
    return of(text).map(ColumnPath::toString).orElse(text);
  }

  /** Returns the column's name as it is; fields are separated by dots and quoted if necessary. */
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
