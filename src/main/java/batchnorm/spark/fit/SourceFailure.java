package batchnorm.spark.fit;

/** Text of a failure to read a {@link Source}. */
public final class SourceFailure {
  /** Maximum length of the text, which is sent with the moments. */
  private static final int MAX_TEXT = 300;

  private SourceFailure() {}

  /** Returns the first line of {@code failure}. */
  public static String text(Throwable failure) {
    String text = String.valueOf(failure).lines().findFirst().orElse("");
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
  }
}
