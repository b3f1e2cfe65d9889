/** The command line: the entry point of a spark-submit job, and the only package that prints. */
package batchnorm.spark.cli;
