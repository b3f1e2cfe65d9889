package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * Summary of how a fit read its data.
 *
 * @param path columns, rows, or rows of the public API
 * @param reason the reason for that path, found in the query
 */
public record FitSummary(Path path, String reason) implements Serializable {

  /** The form that the data was read in. */
  public enum Path {
    /** A column at a time, from the batches of a scan. */
    COLUMNS("columns", "columns"),
    /** A row at a time, as Spark itself holds rows. */
    ROWS("rows", "Spark's rows"),
    /** A row at a time, as Spark's public API gives rows: slower, and possible on every Spark. */
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
