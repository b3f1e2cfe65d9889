package batchnorm.spark.cli;

import batchnorm.spark.errors.InputErrors;
import batchnorm.spark.errors.OptionErrors;
import java.nio.charset.Charset;
import java.util.List;

/** The characters that arguments and names of local files can have in the locale of the process. */
final class PlatformText {
  /** Stands where Java could not read a character of an argument. */
  private static final char UNREADABLE = '\uFFFD';

  /** The property that names the character set; Java has no method for it. */
  private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

  private PlatformText() {}

  /** Requires that Java has read every character of {@code arguments}. */
  static void requireReadable(List<String> arguments) {
    for (String argument : arguments) {
      if (argument.indexOf(UNREADABLE) >= 0) {
        throw OptionErrors.unreadableArgument(argument.replace(UNREADABLE, '?'), ENCODING);
      }
    }
  }

  /** Requires that a local file can have the name {@code path} in this process. */
  static void requireName(String path) {
    requireName(path, ENCODING);
  }

  /** Requires that {@code encoding} has the characters of {@code path}. */
  static void requireName(String path, String encoding) {
    if (!Charset.forName(encoding).newEncoder().canEncode(path)) {
      throw InputErrors.unreachableName(path, encoding);
    }
  }
}
