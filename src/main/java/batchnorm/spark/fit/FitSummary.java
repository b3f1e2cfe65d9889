package batchnorm.spark.fit;

import java.io.Serializable;

/**
 * How a fit read its data.
 *
 * @param path columns, rows, or rows of the public API
 * @param reason what of the query made it so
 */
public record FitSummary(Path path, String reason) implements Serializable {

  /** The form that the data was read in. */
  public enum Path {
    /** A column at a time, from the batches of a scan. */
    COLUMNS,
    /** A row at a time, as Spark itself holds rows. */
    ROWS,
    /** A row at a time, as Spark's public API gives rows: slower, and possible on every Spark. */
    PUBLIC
  }

  @Override
  public String toString() {
    String read =
        switch (path) {
          case COLUMNS -> "columns";
          case ROWS -> "rows";
          case PUBLIC -> "rows of the public API";
        };
    return "fitted on " + read + ": " + reason;
  }
}
