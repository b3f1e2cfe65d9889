/**
 * Access to Spark where it is internal or differs from one version to the next. Classes that differ
 * are in {@code src/main/spark-4} and {@code src/main/spark-3.5}.
 */
package batchnorm.spark.compat;
