/** Tables as sets of files: those of Delta and Iceberg, and folders of Parquet. */
package batchnorm.spark.tables;
