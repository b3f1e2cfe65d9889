/**
 * Page about a model, made from numbers and names as HTML. The package uses neither Spark nor the
 * stages, and the page needs no network.
 */
package batchnorm.spark.report;
