/** Paths and files of every file system that Hadoop knows, whoever reads and writes them. */
package batchnorm.spark.files;
