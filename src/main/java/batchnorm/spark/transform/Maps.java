package batchnorm.spark.transform;

import batchnorm.spark.normalize.AffineMap;
import java.io.Serializable;

/**
 * The maps of a transform, as tasks get them.
 *
 * <p>Which of them a row gets is said by its <em>place</em>: nothing where all rows have one map,
 * else the value of a column. Generated code calls {@code map(place)} for the map of a row and
 * {@code image(x, place, j)} for the image of one feature, which each class declares with the type
 * of its place.
 *
 * <p>Equal maps make equal plans, which is how Spark finds a cached result again.
 */
public interface Maps extends Serializable {
  /** The number of features. */
  int size();

  /** The map of a row; {@code place} is null where all rows have one. */
  AffineMap mapAt(Object place);

  /** Whether {@code feature} is mapped as {@code otherFeature} of {@code other}. */
  boolean mapsAlike(int feature, Maps other, int otherFeature);
}
