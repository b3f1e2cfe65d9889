package batchnorm.spark.cli;

import java.util.regex.Pattern;

/**
 * A name in which {@code *} stands for any characters and {@code ?} for one; a backslash takes that
 * meaning from the character after it. All other characters, dots and spaces too, are themselves.
 */
final class ColumnPattern {
  private final Pattern regex;

  ColumnPattern(String text) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        pattern.append(Pattern.quote(String.valueOf(text.charAt(++i))));
      } else {
        pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
      }
    }
    regex = Pattern.compile(pattern.toString(), Pattern.DOTALL);
  }

  /** Returns whether {@code text} has wildcards, so that it may match several names. */
  static boolean isPattern(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
  }

  boolean matches(String name) {
    return regex.matcher(name).matches();
  }
}
