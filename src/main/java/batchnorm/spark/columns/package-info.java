/** Input columns and groups: their names, their types, and the columns that a stage makes. */
package batchnorm.spark.columns;
