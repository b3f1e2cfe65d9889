package batchnorm.spark.transform;

import batchnorm.spark.normalize.Coefficients;
import java.io.Serializable;

/**
 * The coefficients of a transform as tasks get them. Nothing else knows whether there are groups.
 *
 * <p>A row finds its coefficients by its <em>place</em>: nothing where all rows have the same, else
 * the value of a column. Generated code calls {@code coefficients(place)} for those of a row and
 * {@code image(x, place, j)} for the image of one feature, which each class declares with the type
 * of its place.
 *
 * <p>Equal placements make equal plans, which is how Spark finds a cached result again.
 */
public sealed interface Placement extends Serializable permits SameForAll, ByNumber, ByJoin {
  /** The number of features. */
  int size();

  /** The coefficients of a row; {@code place} is null where all rows have the same. */
  Coefficients at(Object place);

  /** Returns whether {@code feature} is mapped as {@code otherFeature} of {@code other}. */
  default boolean mapsAlike(int feature, Placement other, int otherFeature) {
    return feature == otherFeature && equals(other);
  }
}
