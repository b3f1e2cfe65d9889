package batchnorm.spark.cli;

import batchnorm.spark.BatchNorm;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.ml.param.Param;

/**
 * Translates messages of the stages, which name params and methods, to the command line, which has
 * options and commands. A name in quotes is one of the user's and stays.
 */
final class OptionLanguage {
  /** Names of params that are no words of a sentence, as they have capitals within. */
  private static final String NAMED = names(name -> !isWord(name));

  /** Names that are words too; these are meant where a value is said or asked for. */
  private static final String WORDS = names(OptionLanguage::isWord);

  private static final Pattern PARAM =
      Pattern.compile(
          "(?<!\\w)'[^']*'(?!\\w)|(?<![\\w'/.-])(?:("
              + NAMED
              + ")(?![\\w'/-]|\\.\\w)|("
              + WORDS
              + ")(?=\\[| is (?:set|-?\\d|NaN|Inf|-Inf)| has \\d| goes with)|(?<=(?:[Ss]et|[Cc]lear) )("
              + WORDS
              + ")(?=[ .]))");

  private static final Pattern VALUE = Pattern.compile("Set (--[a-z-]+) to '(\\w+)'([^.]*)");
  private static final Pattern OTHER_VALUE = Pattern.compile("\\bto '(\\w+)'");

  /** Options that are not called as their params. */
  private static final Map<String, String> COLUMNS =
      Map.of(
          "inputCol", "--vector-column",
          "inputCols", "--columns",
          "outputCol", "--output-column",
          "outputCols", "--output-columns");

  /** Methods, and the commands that users have for them. */
  private static final Map<String, String> METHODS = new LinkedHashMap<>();

  static {
    METHODS.put("the path that BatchNormModel.save wrote", "the folder that fit --model wrote");
    METHODS.put("BatchNorm.fit", "batchnorm fit");
    METHODS.put("Clear --", "Leave out --");
    METHODS.put("clear --", "leave out --");
  }

  private OptionLanguage() {}

  private static String names(Predicate<String> chosen) {
    return new BatchNorm()
        .shared().declared().stream()
            .map(Param::name)
            .filter(chosen)
            .collect(Collectors.joining("|"));
  }

  private static boolean isWord(String param) {
    return param.chars().noneMatch(Character::isUpperCase);
  }

  /** Returns {@code message} with options for params, and commands for methods. */
  static String translated(String message) {
    String text = PARAM.matcher(message).replaceAll(OptionLanguage::option);
    text = VALUE.matcher(text).replaceAll(OptionLanguage::values);
    for (Map.Entry<String, String> method : METHODS.entrySet()) {
      text = text.replace(method.getKey(), method.getValue());
    }
    return text;
  }

  private static String option(MatchResult found) {
    String name = found.group();
    return name.startsWith("'")
        ? Matcher.quoteReplacement(name)
        : COLUMNS.getOrDefault(name, ParamOptions.nameOf(name));
  }

  /** {@code Set --x to 'a' to do this or to 'b' to do that} gives values as a command line does. */
  private static String values(MatchResult found) {
    String option = found.group(1);
    String others =
        OTHER_VALUE.matcher(found.group(3)).replaceAll(value -> option + " " + value.group(1));
    return Matcher.quoteReplacement("Give " + option + " " + found.group(2) + others);
  }
}
