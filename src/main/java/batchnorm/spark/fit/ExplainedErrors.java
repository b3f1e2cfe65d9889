package batchnorm.spark.fit;

import batchnorm.spark.errors.ColumnError;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;

/**
 * Adds to errors about columns the reason that the files of the data show. This class is separate
 * from {@link CsvColumns}, which refers to classes that a vendor's Spark may lack.
 */
public final class ExplainedErrors {
  private ExplainedErrors() {}

  /**
   * Returns the result of {@code action}; its errors about columns of {@code data} are explained.
   */
  public static <T> T explained(Dataset<?> data, Supplier<T> action) {
    try {
      return action.get();
    } catch (ColumnError error) {
      throw explanation(data, error.column()).orElse(error);
    }
  }

  /** Returns the explanation; empty if the files were deleted or this Spark has other classes. */
  private static Optional<IllegalArgumentException> explanation(Dataset<?> data, String name) {
    try {
      return CsvColumns.explanation(data, name);
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }
}
