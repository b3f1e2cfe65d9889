package batchnorm.spark.fit;

import batchnorm.spark.errors.ColumnError;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;

/** Errors about columns, with what their data tell. */
public final class ColumnErrors {
  private ColumnErrors() {}

  /** Returns what {@code action} gives; its errors about columns of {@code data} tell why. */
  public static <T> T explained(Dataset<?> data, Supplier<T> action) {
    try {
      return action.get();
    } catch (ColumnError error) {
      throw explanation(data, error.column()).orElse(error);
    }
  }

  /** The files may be gone, or this Spark have other classes: what is known is said then. */
  private static Optional<IllegalArgumentException> explanation(Dataset<?> data, String name) {
    try {
      return CsvColumns.explanation(data, name);
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }
}
