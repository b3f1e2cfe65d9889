package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * Summary of how a fit read its data.
 *
 * @param path the form in which the data was read
 * @param reason the reason for this form, found in the query
 */
public record FitSummary(Path path, String reason) implements Serializable {

  /** Form in which data is read. */
  public enum Path {
    /** Column batches of a scan, read column by column. */
    COLUMNS("columns", "columns"),
    /** Spark's internal rows, read row by row. */
    ROWS("rows", "Spark's rows"),
    /** Rows of Spark's public API: slower, but available on every Spark. */
    PUBLIC("rows of the public API", "rows of the public API");

    private final String text;
    private final String source;

    Path(String text, String source) {
      this.text = text;
      this.source = source;
    }

    /** The name of the source, for messages. */
    String source() {
      return source;
    }
  }

  @Override
  public String toString() {
    return "fitted on " + path.text + ": " + reason;
  }
}
