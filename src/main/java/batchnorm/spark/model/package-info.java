/** Saved models: formats, checksums, groups of a model, and versions in a directory. */
package batchnorm.spark.model;
