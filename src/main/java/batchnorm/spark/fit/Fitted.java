package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;

/**
 * What a fit found.
 *
 * @param moments the moments of the data
 * @param summary how it was read
 */
public record Fitted(Moments moments, FitSummary summary) {}
