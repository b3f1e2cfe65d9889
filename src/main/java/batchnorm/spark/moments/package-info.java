/**
 * Exact sums of features, and the mean and variance computed from them. The package uses nothing
 * but the JDK, so that it can be tested, and used, without Spark.
 *
 * <p><b>Sums.</b> For each feature and the rows that have a value of it, {@link Moments} keeps
 *
 * <pre>
 *   n = sum w        S = sum w x        Q = sum w x^2
 * </pre>
 *
 * without any rounding, where {@code x} is the value and {@code w} the weight of a row. A sum is an
 * integer times a power of two, a superaccumulator ({@link ExactSum} names the sources). Longs
 * beyond 2^53 are summed as integers ({@link ExactLong}).
 *
 * <p><b>Rounding.</b> {@link ExactVariance} computes
 *
 * <pre>
 *   mean = S / n        variance = (n Q - S^2) / (n (n - correction))
 * </pre>
 *
 * and rounds each once, to the nearest double. It computes them with about 100 bits and a bound of
 * the error first ({@link DoubleDouble}). If the bound leaves more than one double, it uses
 * integers of any size ({@link ExactRatio}).
 *
 * <p><b>Windows.</b> Most values of a column lie within a few binary orders of magnitude. They are
 * summed as integers that count a common unit, in a few words of 64 bits: {@link BlockSums} for
 * blocks of rows of weight 1, {@link Window} for groups of rows and for features with few values.
 * Values outside the window are added to {@link ExponentBins} or to the exact sum, so the window
 * does not influence the result. {@link WeightedSums} is for rows with weights.
 *
 * <p><b>Merging.</b> Addition of exact sums is associative and commutative: {@link Moments#merge}
 * gives the same value for every order and grouping of rows. Therefore the statistics do not depend
 * on the partitioning, to the last bit.
 *
 * <p><b>Bytes.</b> {@link Moments#pack()} has the table of the bytes in which tasks exchange
 * moments.
 */
package batchnorm.spark.moments;
