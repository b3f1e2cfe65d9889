/**
 * Expressions that normalize the columns of a dataset, with the coefficients of all rows or those
 * of the group of each row.
 */
package batchnorm.spark.transform;
