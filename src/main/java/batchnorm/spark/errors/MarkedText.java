package batchnorm.spark.errors;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Format of a text with its values, in which marks stand for what the API and the command line call
 * differently. Values are never read for marks, as they may be names of the user's.
 *
 * <table>
 * <caption>Marks</caption>
 * <tr><th>Mark</th><th>API</th><th>Command line</th></tr>
 * <tr><td>{@code {eps}}</td><td>eps</td><td>--eps</td></tr>
 * <tr><td>{@code {clear groupCols}}</td><td>clear groupCols</td><td>leave out --group-columns</td></tr>
 * <tr><td>{@code {Set smallGroup=unit}}</td><td>Set smallGroup to 'unit'</td>
 *   <td>Give --small-group unit</td></tr>
 * <tr><td>{@code {or smallGroup=unit}}</td><td>or to 'unit'</td><td>or --small-group unit</td></tr>
 * <tr><td>{@code {BatchNorm.fit|batchnorm fit}}</td><td>BatchNorm.fit</td><td>batchnorm fit</td></tr>
 * </table>
 */
final class MarkedText implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A verb, a param and its value, or what the API and the command line say. */
  private static final Pattern MARK =
      Pattern.compile("\\{(?:(\\w+) )?(\\w+)(?:=(\\w+))?}|\\{([^{|}]+)\\|([^{|}]+)}");

  /** Verbs of marks, each with that of the command line. */
  private static final Map<String, String> VERBS =
      Map.of(
          "Set",
          "Give ",
          "set",
          "give ",
          "or",
          "or ",
          "Clear",
          "Leave out ",
          "clear",
          "leave out ");

  private final String format;
  private final Serializable[] values;

  MarkedText(String format, Serializable... values) {
    this.format = format;
    this.values = values.clone();
  }

  /** Returns the text in the words of the API. */
  @Override
  public String toString() {
    return text(MarkedText::ofApi);
  }

  private static String ofApi(MatchResult mark) {
    String verb = mark.group(1);
    String param = mark.group(2);
    String value = mark.group(3);
    if (param == null) {
      return mark.group(4);
    }
    String named = verb == null ? param : verb.equals("or") ? "or" : verb + " " + param;
    return value == null ? named : named + " to '" + value + "'";
  }

  /**
   * Returns the text in the words of the command line.
   *
   * @param optionOf returns the name of the option that sets the param of a name
   */
  String ofCommandLine(UnaryOperator<String> optionOf) {
    return text(
        mark -> {
          String param = mark.group(2);
          String value = mark.group(3);
          return param == null
              ? mark.group(5)
              : (mark.group(1) == null ? "" : VERBS.get(mark.group(1)))
                  + optionOf.apply(param)
                  + (value == null ? "" : " " + value);
        });
  }

  private String text(Function<MatchResult, String> wording) {
    String words =
        MARK.matcher(format).replaceAll(mark -> Matcher.quoteReplacement(wording.apply(mark)));
    return String.format(Locale.ROOT, words, (Object[]) values);
  }
}
