package batchnorm.spark.fit;

import batchnorm.spark.errors.ColumnError;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;

/**
 * Errors about columns, with the reason that the files of the data show. A class of its own, since
 * {@link CsvColumns} names classes that a vendor's Spark may lack.
 */
public final class ExplainedErrors {
  private ExplainedErrors() {}

  /** Returns the result of {@code action}; its errors about columns of {@code data} say why. */
  public static <T> T explained(Dataset<?> data, Supplier<T> action) {
    try {
      return action.get();
    } catch (ColumnError error) {
      throw explanation(data, error.column()).orElse(error);
    }
  }

  /** The files may be gone, or this Spark have other classes: then there is no explanation. */
  private static Optional<IllegalArgumentException> explanation(Dataset<?> data, String name) {
    try {
      return CsvColumns.explanation(data, name);
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }
}
