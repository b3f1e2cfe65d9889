/**
 * Coefficients of {@code y = gamma (x - mean) / sqrt(variance + eps) + beta}, running averages of
 * mean and variance, and the enums of the stages' parameters.
 */
package batchnorm.spark.normalize;
