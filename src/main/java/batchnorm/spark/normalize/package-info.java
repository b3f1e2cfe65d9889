/**
 * Coefficients of {@code y = gamma (x - mean) / sqrt(variance + eps) + beta}, running averages of
 * mean and variance, and the choices that users make among ways to compute them.
 */
package batchnorm.spark.normalize;
