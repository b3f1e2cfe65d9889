package batchnorm.spark.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Names in one string, separated by commas. Spaces around a comma do not count; a comma that
 * belongs to a name has a backslash before it.
 */
final class NameList {
  private NameList() {}

  /** Returns the names in {@code text}, without backslashes before commas. */
  static List<String> parse(String text) {
    List<String> names = new ArrayList<>();
    for (String part : text.split("(?<!\\\\),")) {
      String name = part.replace("\\,", ",").strip();
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  /** Returns the names in {@code text}, or none where it is null: the option was not given. */
  static List<String> parseIfGiven(String text) {
    return text == null ? List.of() : parse(text);
  }
}
