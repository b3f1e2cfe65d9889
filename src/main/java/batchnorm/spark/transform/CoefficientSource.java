package batchnorm.spark.transform;

import batchnorm.spark.normalize.Coefficients;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;

/**
 * Adds to the rows of a dataset the places of their coefficients; it runs no job.
 *
 * @param byExpressions adds places for Spark's expressions
 * @param byPublicApi adds places for functions of the public API
 */
public record CoefficientSource(
    Function<Dataset<?>, PlacedRows> byExpressions, Function<Dataset<?>, PlacedRows> byPublicApi) {

  /** Returns the source of the same coefficients for all rows. */
  static CoefficientSource same(Coefficients coefficients) {
    return new CoefficientSource(
        rows -> PlacedRows.same(rows, MappedColumns.columns(rows), coefficients),
        rows -> PlacedRows.same(rows, PublicColumns.columns(rows), coefficients));
  }
}
