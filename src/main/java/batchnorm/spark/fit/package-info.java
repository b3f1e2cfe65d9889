/**
 * Statistics of a dataset: column batches or rows are read by a source, collected into exact sums
 * by each task, and the sums reduced over all tasks, for every key where there are groups.
 */
package batchnorm.spark.fit;
