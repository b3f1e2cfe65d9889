package batchnorm.spark;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The parameters that {@link BatchNorm} and {@link BatchNormModel} share. */
public interface BatchNormParams extends Params {

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

  private <T> T value(Param<T> param) {
    return getOrDefault(param);
  }
}
