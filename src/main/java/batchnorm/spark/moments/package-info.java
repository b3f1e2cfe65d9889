/**
 * Exact sums of features, and the mean and variance made of them. It uses nothing but the JDK, so
 * that it can be tested, and used, without Spark.
 */
package batchnorm.spark.moments;
