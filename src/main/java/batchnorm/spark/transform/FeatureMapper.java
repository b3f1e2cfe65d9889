package batchnorm.spark.transform;

import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.moments.Finite;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The arithmetic of a transform: the coefficients, the columns they are of, and whether missing and
 * infinite values are refused.
 *
 * <p>There is a class for each kind of column. Generated code calls {@code apply} of it with the
 * column's value and the coefficients of the row, and {@code isFinite} with the value. Where
 * missing and infinite values are errors, {@code apply} is called for null too and refuses it, so
 * its result is never null; where not, null gives null.
 *
 * <p>Equal mappers make equal plans, which is how Spark finds a cached result again.
 */
abstract class FeatureMapper implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Placement placement;
  private final String[] columns;
  private final boolean strict;

  /**
   * Keeps the state that all mappers share.
   *
   * @param placement the coefficients; null for a mapper that only checks for finite values
   * @param columns the column of each feature, or the one column of all
   * @param strict true if missing and infinite values are errors
   */
  FeatureMapper(Placement placement, List<String> columns, boolean strict) {
    this.placement = placement;
    this.columns = columns.toArray(String[]::new);
    this.strict = strict;
  }

  final Placement placement() {
    return placement;
  }

  final int size() {
    return placement.size();
  }

  final boolean isStrict() {
    return strict;
  }

  /** The one column of all features, or the first of many. */
  final String column() {
    return columns[0];
  }

  final void requireSize(int found) {
    if (found != size()) {
      throw TransformErrors.wrongWidth(columns[0], found, size());
    }
  }

  /** Raises the error of a row whose features are not all finite, if they are to be. */
  final void refuse(int feature, double value) {
    if (strict && !Finite.is(value)) {
      throw TransformErrors.invalidValueToNormalize(name(feature), value);
    }
  }

  /** Name of the feature's column, with an index in a vector or array; for errors. */
  final String name(int feature) {
    return columns.length == size() ? columns[feature] : columns[0] + "[" + feature + "]";
  }

  /** Raises the error of a row that has no features at all, if it is to have them. */
  final void refuseAbsent() {
    if (strict) {
      throw TransformErrors.invalidValueToNormalize(columns[0], Double.NaN);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other != null
        && other.getClass() == getClass()
        && Objects.equals(placement, ((FeatureMapper) other).placement)
        && Arrays.equals(columns, ((FeatureMapper) other).columns)
        && strict == ((FeatureMapper) other).strict;
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hashCode(placement) + Arrays.hashCode(columns);
  }

  /** Text of the plan in {@code explain}. */
  @Override
  public final String toString() {
    return placement == null ? "finite" : "batchnorm(" + size() + ")";
  }
}
