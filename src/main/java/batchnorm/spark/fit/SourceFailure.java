package batchnorm.spark.fit;

/** A failure of reading a {@link Source}, as texts name it. */
public final class SourceFailure {
  /** Longer texts are cut: they travel with the moments. */
  private static final int MAX_TEXT = 300;

  private SourceFailure() {}

  /** Returns the first line of {@code failure}. */
  public static String text(Throwable failure) {
    String text = String.valueOf(failure).lines().findFirst().orElse("");
    return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
  }
}
