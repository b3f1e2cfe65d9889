/**
 * Expressions that normalize the columns of a dataset, with the coefficients of all rows or of each
 * row's group.
 */
package batchnorm.spark.transform;
