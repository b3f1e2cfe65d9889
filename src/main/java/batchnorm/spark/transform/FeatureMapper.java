package batchnorm.spark.transform;

import batchnorm.spark.errors.TransformErrors;
import batchnorm.spark.moments.Doubles;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Arithmetic of a transform: the coefficients, their columns, and whether missing and infinite
 * values are errors.
 *
 * <p>Each kind of column has a class. Generated code calls its {@code apply} with the column's
 * value and the coefficients of the row, and {@code isFinite} with the value. If missing and
 * infinite values are errors, {@code apply} is called for null, too, and throws an error: the
 * result is never null. Otherwise null gives null.
 *
 * <p>Equal mappers make equal plans, by which Spark finds cached results.
 */
abstract class FeatureMapper implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Placement placement;
  private final String[] columns;
  private final boolean failOnInvalid;

  /**
   * Sets the state that all mappers share.
   *
   * @param placement the coefficients; null for a mapper that only checks for finite values
   * @param columns the column of each feature, or one column of all
   * @param failOnInvalid true if missing and infinite values are errors
   */
  FeatureMapper(Placement placement, List<String> columns, boolean failOnInvalid) {
    this.placement = placement;
    this.columns = columns.toArray(String[]::new);
    this.failOnInvalid = failOnInvalid;
  }

  final Placement placement() {
    return placement;
  }

  final int size() {
    return placement.size();
  }

  final boolean failsOnInvalid() {
    return failOnInvalid;
  }

  /** The column of all features, or the first of several. */
  final String column() {
    return columns[0];
  }

  final void requireSize(int found) {
    if (found != size()) {
      throw TransformErrors.wrongWidth(columns[0], found, size());
    }
  }

  /** Raises the error of a value that is not finite, if that is an error. */
  final void refuse(int feature, double value) {
    if (failOnInvalid && !Doubles.isFinite(value)) {
      throw TransformErrors.invalidValueToNormalize(name(feature), value);
    }
  }

  /** Name of the feature's column, with an index in a vector or array; for errors. */
  final String name(int feature) {
    return columns.length == size() ? columns[feature] : columns[0] + "[" + feature + "]";
  }

  /** Raises the error of a null vector or array, if that is an error. */
  final void refuseAbsent() {
    if (failOnInvalid) {
      throw TransformErrors.invalidValueToNormalize(columns[0], Double.NaN);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other != null
        && other.getClass() == getClass()
        && Objects.equals(placement, ((FeatureMapper) other).placement)
        && Arrays.equals(columns, ((FeatureMapper) other).columns)
        && failOnInvalid == ((FeatureMapper) other).failOnInvalid;
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
