package batchnorm.spark.transform;

import java.util.List;

/**
 * Maps columns whose features can be read one at a time, too. Generated code calls {@code read} of
 * the class, which takes the value unboxed and the feature; instead of a null that is to be refused
 * it passes NaN for a number.
 */
abstract class SingleFeatureMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  SingleFeatureMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  /** The number in {@code value}, which may be null only if it is to be refused. */
  abstract double readBoxed(Object value, int feature);

  /** Returns whether {@code feature} is mapped as {@code otherFeature} of {@code other}. */
  final boolean mapsAlike(int feature, SingleFeatureMapper other, int otherFeature) {
    return this == other && feature == otherFeature
        || getClass() == other.getClass()
            && isStrict() == other.isStrict()
            && name(feature).equals(other.name(otherFeature))
            && placement().mapsAlike(feature, other.placement(), otherFeature);
  }
}
