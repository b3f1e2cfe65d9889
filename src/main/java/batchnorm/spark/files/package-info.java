/** Paths and files on any file system of Hadoop. */
package batchnorm.spark.files;
