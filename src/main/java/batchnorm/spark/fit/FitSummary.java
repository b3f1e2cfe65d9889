package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * How a fit read its data.
 *
 * @param path columns or rows
 * @param reason what of the query made it so
 */
public record FitSummary(Path path, String reason) implements Serializable {

  /** The form that the data was read in. */
  public enum Path {
    /** A column at a time, from the batches of a scan. */
    COLUMNS,
    /** A row at a time. */
    ROWS
  }

  @Override
  public String toString() {
    return "fitted on " + (path == Path.COLUMNS ? "columns" : "rows") + ": " + reason;
  }
}
