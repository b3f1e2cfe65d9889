/** Input columns and group columns, their names and types, and the columns that a stage writes. */
package batchnorm.spark.columns;
