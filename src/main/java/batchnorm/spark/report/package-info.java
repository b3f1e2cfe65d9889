/**
 * A page about a model: numbers and names in, HTML out. It knows neither Spark nor the stages, and
 * the page needs no network.
 */
package batchnorm.spark.report;
