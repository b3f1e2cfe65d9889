/**
 * Moments of a dataset. A source reads column batches or rows, each task collects them into exact
 * sums, and the sums are reduced over all tasks, for each key if there are groups.
 */
package batchnorm.spark.fit;
