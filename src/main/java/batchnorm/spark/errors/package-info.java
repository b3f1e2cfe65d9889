/** Texts of errors: what was found, what was expected, and what to do. */
package batchnorm.spark.errors;
