package batchnorm.spark.transform;

import batchnorm.spark.normalize.Coefficients;
import org.apache.spark.sql.Dataset;

/** Gives the rows of a dataset their coefficients. Lazy. */
public interface CoefficientSource {
  /** Returns the rows with their places, for expressions of Spark's own. */
  PlacedRows byExpressions(Dataset<?> rows);

  /** Returns the rows with their places, for functions of the public API. */
  PlacedRows byPublicApi(Dataset<?> rows);

  /** Returns the source that gives all rows {@code coefficients}. */
  static CoefficientSource same(Coefficients coefficients) {
    return new CoefficientSource() {
      @Override
      public PlacedRows byExpressions(Dataset<?> rows) {
        return ExpressionPlaces.same(rows, coefficients);
      }

      @Override
      public PlacedRows byPublicApi(Dataset<?> rows) {
        return PublicPlaces.same(rows, coefficients);
      }
    };
  }
}
