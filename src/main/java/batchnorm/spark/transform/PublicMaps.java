package batchnorm.spark.transform;

import batchnorm.spark.normalize.AffineMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;

/**
 * The maps of rows, as {@link RowMaps} has them, for functions of the public API.
 *
 * @param maps the maps of all rows
 * @param place the column that says which of them a row gets; null where all have one
 * @param mayLackPlace whether rows may get no map, and null instead of numbers
 */
public record PublicMaps(Maps maps, Column place, boolean mayLackPlace) {
  /** Gives every row {@code map}. */
  public static PublicMaps one(Dataset<?> rows, AffineMap map) {
    return new PublicMaps(SharedMap.of(map, rows.sparkSession()), null, false);
  }
}
