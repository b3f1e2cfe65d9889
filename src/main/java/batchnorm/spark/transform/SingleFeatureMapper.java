package batchnorm.spark.transform;

import java.util.List;

/**
 * Maps columns whose features can also be read one at a time. Generated code calls {@code read} of
 * the class with the unboxed value and the feature. For a number that is null, if that is an error,
 * it passes NaN.
 */
abstract class SingleFeatureMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  SingleFeatureMapper(Placement placement, List<String> columns, boolean failOnInvalid) {
    super(placement, columns, failOnInvalid);
  }

  /** The number in {@code value}, which is null only if that is an error. */
  abstract double readBoxed(Object value, int feature);

  /**
   * Returns whether {@code feature} has the same coefficients as {@code otherFeature} of {@code
   * other}.
   */
  final boolean mapsAlike(int feature, SingleFeatureMapper other, int otherFeature) {
    return this == other && feature == otherFeature
        || getClass() == other.getClass()
            && failsOnInvalid() == other.failsOnInvalid()
            && name(feature).equals(other.name(otherFeature))
            && placement().mapsAlike(feature, other.placement(), otherFeature);
  }
}
