package batchnorm.spark.transform;

import batchnorm.spark.normalize.Coefficients;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;

/**
 * Gives the rows of a dataset the places of their coefficients. Lazy.
 *
 * @param byExpressions for expressions of Spark's own
 * @param byPublicApi for functions of the public API
 */
public record CoefficientSource(
    Function<Dataset<?>, PlacedRows> byExpressions, Function<Dataset<?>, PlacedRows> byPublicApi) {

  /** Returns the source that gives all rows {@code coefficients}. */
  static CoefficientSource same(Coefficients coefficients) {
    return new CoefficientSource(
        rows -> PlacedRows.same(rows, MappedColumns.columns(rows), coefficients),
        rows -> PlacedRows.same(rows, PublicColumns.columns(rows), coefficients));
  }
}
