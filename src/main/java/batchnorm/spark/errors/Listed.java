package batchnorm.spark.errors;

import java.util.List;
import java.util.stream.Collectors;

/** Names in a text: some, then how many more there are. */
public final class Listed {
  /** Maximum number of names in a list; the rest is counted. */
  public static final int AT_MOST = 20;

  private Listed() {}

  /** Returns the first {@link #AT_MOST} of {@code names}, which are {@code count} in all. */
  public static String of(List<String> names, int count) {
    return ofTexts(names.stream().map(name -> "'" + name + "'").toList(), count);
  }

  /** Returns the same of texts that are quoted already. */
  public static String ofTexts(List<String> texts, int count) {
    String text = texts.stream().limit(AT_MOST).collect(Collectors.joining(", "));
    return count > AT_MOST ? text + " and " + (count - AT_MOST) + " more" : text;
  }
}
