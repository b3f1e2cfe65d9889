package batchnorm.spark.internal;

import java.util.List;

/**
 * Maps one feature of a row at a time. Generated code calls {@code apply} of the class, which takes
 * the value unboxed and the feature; {@link #absent} instead of a null that is to be refused.
 */
abstract class SingleFeatureMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  SingleFeatureMapper(SharedMap shared, List<String> columns, boolean strict) {
    super(shared, columns, strict);
  }

  /** What generated code passes for null. */
  abstract String absent();

  /** The image of {@code value}, which may be null only if it is to be refused. */
  abstract double applyTo(Object value, int feature);

  /** Whether {@code feature} is mapped as {@code otherFeature} of {@code other}. */
  final boolean mapsAlike(int feature, SingleFeatureMapper other, int otherFeature) {
    return this == other && feature == otherFeature
        || getClass() == other.getClass()
            && isStrict() == other.isStrict()
            && size() == other.size()
            && name(feature).equals(other.name(otherFeature))
            && map().feature(feature).equals(other.map().feature(otherFeature));
  }
}
