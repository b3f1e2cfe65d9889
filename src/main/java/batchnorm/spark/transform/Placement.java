package batchnorm.spark.transform;

import batchnorm.spark.normalize.Coefficients;
import java.io.Serializable;

/**
 * Coefficients of a transform, as tasks receive them. Only this type distinguishes transforms with
 * and without groups.
 *
 * <p>The <em>place</em> of a row's coefficients is the value of a column, or nothing if all rows
 * have the same coefficients. Generated code calls {@code coefficients(place)} for the coefficients
 * of a row, and {@code image(x, place, j)} for the image of one feature. Each class declares both
 * with the type of its place.
 *
 * <p>Equal placements make equal plans, by which Spark finds cached results.
 */
public sealed interface Placement extends Serializable permits SameForAll, ByNumber, ByJoin {
  /** The number of features. */
  int size();

  /** The coefficients of a row; {@code place} is null if all rows have the same. */
  Coefficients at(Object place);

  /**
   * Returns whether {@code feature} has the same coefficients as {@code otherFeature} of {@code
   * other}.
   */
  default boolean mapsAlike(int feature, Placement other, int otherFeature) {
    return feature == otherFeature && equals(other);
  }
}
