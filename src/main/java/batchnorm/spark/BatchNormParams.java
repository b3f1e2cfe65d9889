package batchnorm.spark;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The parameters that {@link BatchNorm} and {@link BatchNormModel} share, with their setters.
 *
 * @param <S> the stage, which every setter returns
 */
public interface BatchNormParams<S extends BatchNormParams<S>> extends Params {

  /** The params themselves: Java has no fields in interfaces. */
  SharedParams shared();

  /** The column to read: a vector, an array of doubles or floats, or one number. */
  default Param<String> inputCol() {
    return shared().inputCol;
  }

  /** The numeric columns to read. */
  default StringArrayParam inputCols() {
    return shared().inputCols;
  }

  /** The column to write; {@code <uid>__output} if neither output is set. */
  default Param<String> outputCol() {
    return shared().outputCol;
  }

  /** The columns to write, one for each of inputCols. */
  default StringArrayParam outputCols() {
    return shared().outputCols;
  }

  /** Whether the mean is subtracted; true by default. */
  default BooleanParam withMean() {
    return shared().withMean;
  }

  /** Whether the deviation is divided by; true by default. */
  default BooleanParam withStd() {
    return shared().withStd;
  }

  /** What is added to the variance, in its units; 1e-5 by default. */
  default DoubleParam eps() {
    return shared().eps;
  }

  /** What the variance's divisor is less than n by; 0 by default. */
  default IntParam correction() {
    return shared().correction;
  }

  /** The factor of each feature, PyTorch's weight; 1 by default. */
  default DoubleArrayParam gamma() {
    return shared().gamma;
  }

  /** The summand of each feature, PyTorch's bias; 0 by default. */
  default DoubleArrayParam beta() {
    return shared().beta;
  }

  /** What to do about missing and infinite values: error, skip or keep; error by default. */
  default Param<String> handleInvalid() {
    return shared().handleInvalid;
  }

  /** The value of {@link #inputCol()}. */
  default String getInputCol() {
    return value(inputCol());
  }

  /** The value of {@link #inputCols()}. */
  default String[] getInputCols() {
    return value(inputCols());
  }

  /** The value of {@link #outputCol()}. */
  default String getOutputCol() {
    return value(outputCol());
  }

  /** The value of {@link #outputCols()}. */
  default String[] getOutputCols() {
    return value(outputCols());
  }

  /** The value of {@link #withMean()}. */
  default boolean getWithMean() {
    return (boolean) this.<Object>value(withMean());
  }

  /** The value of {@link #withStd()}. */
  default boolean getWithStd() {
    return (boolean) this.<Object>value(withStd());
  }

  /** The value of {@link #eps()}. */
  default double getEps() {
    return (double) this.<Object>value(eps());
  }

  /** The value of {@link #correction()}. */
  default int getCorrection() {
    return (int) this.<Object>value(correction());
  }

  /** The value of {@link #gamma()}. */
  default double[] getGamma() {
    return value(gamma());
  }

  /** The value of {@link #beta()}. */
  default double[] getBeta() {
    return value(beta());
  }

  /** The value of {@link #handleInvalid()}. */
  default String getHandleInvalid() {
    return value(handleInvalid());
  }

  /** Sets the column to read: a vector, an array of doubles or floats, or one number. */
  default S setInputCol(String value) {
    set(inputCol(), value);
    return self();
  }

  /** Sets the numeric columns to read. */
  default S setInputCols(String... value) {
    set(inputCols(), value);
    return self();
  }

  /** Sets the column to write: of the kind of inputCol, or one vector of all inputCols. */
  default S setOutputCol(String value) {
    set(outputCol(), value);
    return self();
  }

  /** Sets the double columns to write, one for each of inputCols; they may be the same. */
  default S setOutputCols(String... value) {
    set(outputCols(), value);
    return self();
  }

  /** Sets whether the mean is subtracted; true by default. */
  default S setWithMean(boolean value) {
    set(withMean(), value);
    return self();
  }

  /** Sets whether the deviation is divided by; true by default. */
  default S setWithStd(boolean value) {
    set(withStd(), value);
    return self();
  }

  /**
   * Sets what is added to the variance, in its units; 1e-5 by default.
   *
   * @throws IllegalArgumentException if it is negative, infinite or NaN
   */
  default S setEps(double value) {
    set(eps(), value);
    return self();
  }

  /**
   * Sets what the variance's divisor is less than n by; 0 by default.
   *
   * @throws IllegalArgumentException if it is neither 0 nor 1
   */
  default S setCorrection(int value) {
    set(correction(), value);
    return self();
  }

  /**
   * Sets the factor of each feature, PyTorch's weight; 1 by default.
   *
   * @throws IllegalArgumentException if one is infinite or NaN; fit checks their number
   */
  default S setGamma(double... value) {
    set(gamma(), value);
    return self();
  }

  /**
   * Sets the summand of each feature, PyTorch's bias; 0 by default.
   *
   * @throws IllegalArgumentException if one is infinite or NaN; fit checks their number
   */
  default S setBeta(double... value) {
    set(beta(), value);
    return self();
  }

  /**
   * Sets what to do about null, NaN and infinite values; error by default.
   *
   * @throws IllegalArgumentException if it is not error, skip or keep
   */
  default S setHandleInvalid(String value) {
    set(handleInvalid(), value);
    return self();
  }

  @SuppressWarnings("unchecked")
  private S self() {
    return (S) this;
  }

  private <T> T value(Param<T> param) {
    return getOrDefault(param);
  }
}
