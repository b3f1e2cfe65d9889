package batchnorm.spark;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.collection.Seq;

/**
 * Parameters of both {@link BatchNorm} and {@link BatchNormModel}, with their setters.
 *
 * @param <S> the stage, which every setter returns
 */
public interface BatchNormParams<S extends BatchNormParams<S>> extends Params {

  /** The params; Java has no instance fields in interfaces. */
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

  /** Param for whether to subtract the mean; true by default. */
  default BooleanParam withMean() {
    return shared().withMean;
  }

  /** Param for whether to divide by the standard deviation; true by default. */
  default BooleanParam withStd() {
    return shared().withStd;
  }

  /** The number added to the variance, in squared units of the column; 0 by default. */
  default DoubleParam eps() {
    return shared().eps;
  }

  /**
   * Param for the number subtracted from n in the variance's divisor: 0 (population) or 1 (sample);
   * 0 by default.
   */
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

  /**
   * Param for the treatment of missing and infinite values: error, skip or keep; error by default.
   */
  default Param<String> handleInvalid() {
    return shared().handleInvalid;
  }

  /** The weight column; none by default. */
  default Param<String> weightCol() {
    return shared().weightCol;
  }

  /** The depth of the tree in which partitions are merged; 2 by default. */
  default IntParam aggregationDepth() {
    return shared().aggregationDepth;
  }

  /**
   * Param for the memory, in bytes, of the sums that one task merges; 16 MiB by default, which is
   * about 65,000 features. If rows have more features, the first job discards the sums and a second
   * job shuffles them by feature slice. Each task merges one slice. A task that reads rows flushes
   * its sums once they cover 16 slices, at the end of a batch of rows.
   */
  default IntParam maxSliceBytes() {
    return shared().maxSliceBytes;
  }

  /**
   * Param for the kind of statistics that fits and updates keep: pooled, exponential or cumulative;
   * pooled by default.
   */
  default Param<String> runningStatistics() {
    return shared().runningStatistics;
  }

  /**
   * Param for the weight of a new batch in exponential running statistics, from 0 to 1; 0.1 by
   * default.
   */
  default DoubleParam momentum() {
    return shared().momentum;
  }

  /** The group columns; each group has its own statistics. None by default. */
  default StringArrayParam groupCols() {
    return shared().groupCols;
  }

  /**
   * Param for the treatment of rows whose group is not in the fitted data: error, global or null;
   * error by default.
   */
  default Param<String> unseenGroup() {
    return shared().unseenGroup;
  }

  /**
   * Param for the treatment of groups with too few rows for a variance: error, global or unit;
   * global by default.
   */
  default Param<String> smallGroup() {
    return shared().smallGroup;
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
    return shared().withMean();
  }

  /** The value of {@link #withStd()}. */
  default boolean getWithStd() {
    return shared().withStd();
  }

  /** The value of {@link #eps()}. */
  default double getEps() {
    return shared().eps();
  }

  /** The value of {@link #correction()}. */
  default int getCorrection() {
    return shared().correction();
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

  /** The value of {@link #weightCol()}. */
  default String getWeightCol() {
    return value(weightCol());
  }

  /** The value of {@link #aggregationDepth()}. */
  default int getAggregationDepth() {
    return shared().aggregationDepth();
  }

  /** The value of {@link #maxSliceBytes()}. */
  default int getMaxSliceBytes() {
    return shared().maxSliceBytes();
  }

  /** The value of {@link #runningStatistics()}. */
  default String getRunningStatistics() {
    return value(runningStatistics());
  }

  /** The value of {@link #momentum()}. */
  default double getMomentum() {
    return shared().momentum();
  }

  /** The value of {@link #groupCols()}. */
  default String[] getGroupCols() {
    return value(groupCols());
  }

  /** The value of {@link #unseenGroup()}. */
  default String getUnseenGroup() {
    return value(unseenGroup());
  }

  /** The value of {@link #smallGroup()}. */
  default String getSmallGroup() {
    return value(smallGroup());
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

  /** The same of a Scala collection or array. */
  default S setInputCols(Seq<String> value) {
    return setInputCols(ScalaArrays.strings("inputCols", value));
  }

  /** Sets the column to write: of the kind of inputCol, or one vector of all inputCols. */
  default S setOutputCol(String value) {
    set(outputCol(), value);
    return self();
  }

  /** Sets the double columns to write, one for each of inputCols; they may be the same columns. */
  default S setOutputCols(String... value) {
    set(outputCols(), value);
    return self();
  }

  /** The same of a Scala collection or array. */
  default S setOutputCols(Seq<String> value) {
    return setOutputCols(ScalaArrays.strings("outputCols", value));
  }

  /** Sets whether the mean is subtracted; true by default. */
  default S setWithMean(boolean value) {
    set(withMean(), value);
    return self();
  }

  /** Sets whether to divide by the standard deviation; true by default. */
  default S setWithStd(boolean value) {
    set(withStd(), value);
    return self();
  }

  /**
   * Sets the number added to the variance, in squared units of the column; 0 by default. PyTorch's
   * BatchNorm layers have 1e-5.
   *
   * @throws IllegalArgumentException if it is negative, infinite or NaN
   */
  default S setEps(double value) {
    set(eps(), value);
    return self();
  }

  /**
   * Sets the number subtracted from n in the variance's divisor: 0 (population) or 1 (sample); 0 by
   * default.
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

  /** The same of a Scala collection or array of numbers. */
  default S setGamma(Seq<?> value) {
    return setGamma(ScalaArrays.doubles("gamma", value));
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

  /** The same of a Scala collection or array of numbers. */
  default S setBeta(Seq<?> value) {
    return setBeta(ScalaArrays.doubles("beta", value));
  }

  /**
   * Sets the treatment of null, NaN and infinite values; error by default.
   *
   * @throws IllegalArgumentException if it is not error, skip or keep
   */
  default S setHandleInvalid(String value) {
    set(handleInvalid(), value);
    return self();
  }

  /** Sets the numeric weight column; without one every row has weight 1. */
  default S setWeightCol(String value) {
    set(weightCol(), value);
    return self();
  }

  /**
   * Sets the depth of the tree in which partitions are merged; 2 by default.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  default S setAggregationDepth(int value) {
    set(aggregationDepth(), value);
    return self();
  }

  /**
   * Sets {@link #maxSliceBytes()}; use less for executors with little memory. Results do not depend
   * on it.
   *
   * @throws IllegalArgumentException if it is less than 1 MiB
   */
  default S setMaxSliceBytes(int value) {
    set(maxSliceBytes(), value);
    return self();
  }

  /**
   * Sets the kind of statistics that fits and updates keep; pooled by default.
   *
   * <ul>
   *   <li>{@code pooled}: statistics of all rows together, for any split into batches.
   *   <li>{@code exponential}: {@code running = (1 - momentum) * running + momentum * batch} with
   *       the batch's mean and its variance with divisor n - 1, starting at mean 0 and variance 1,
   *       as in PyTorch's BatchNorm1d.
   *   <li>{@code cumulative}: the plain average of the batches' means and variances with divisor n
   *       - 1, as in PyTorch with {@code momentum=None}.
   * </ul>
   *
   * @throws IllegalArgumentException if it is none of these
   */
  default S setRunningStatistics(String value) {
    set(runningStatistics(), value);
    return self();
  }

  /**
   * Sets the weight of a new batch in exponential running statistics, as in PyTorch; 0.1 by
   * default.
   *
   * @throws IllegalArgumentException if it is not in [0, 1]; fit and update raise an error if it is
   *     set and the running statistics are not exponential
   */
  default S setMomentum(double value) {
    set(momentum(), value);
    return self();
  }

  /**
   * Sets the group columns: each group has its own statistics, and null is a value like any other.
   * Until a fitted model is saved, its groups are on the executors. If they must survive the loss
   * of executors, call {@code SparkContext.setCheckpointDir} before the fit.
   */
  default S setGroupCols(String... value) {
    set(groupCols(), value);
    return self();
  }

  /** The same of a Scala collection or array. */
  default S setGroupCols(Seq<String> value) {
    return setGroupCols(ScalaArrays.strings("groupCols", value));
  }

  /**
   * Sets the treatment in a transform of rows whose group is not in the fitted data: {@code error},
   * the default, fails and names the group; {@code global} uses the statistics of all rows; {@code
   * null} writes null.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  default S setUnseenGroup(String value) {
    set(unseenGroup(), value);
    return self();
  }

  /**
   * Sets the treatment of groups with too few rows for a variance. With correction 0, a variance
   * needs two rows of positive weight or a total weight above 1; with correction 1 it needs a total
   * weight above 1. {@code error} fails in fit and update; {@code global}, the default, uses the
   * statistics of all rows; {@code unit} uses mean 0 and variance 1.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  default S setSmallGroup(String value) {
    set(smallGroup(), value);
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
