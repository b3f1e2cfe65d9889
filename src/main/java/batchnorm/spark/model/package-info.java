/** Saved models: formats, checksums, groups beside a model, and versions in a directory. */
package batchnorm.spark.model;
