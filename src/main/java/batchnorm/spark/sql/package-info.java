/**
 * Exact aggregate functions of Spark SQL. {@link batchnorm.spark.sql.ExactAggregates} adds them to
 * a session, {@link batchnorm.spark.sql.ExactAggregatesExtension} to all sessions of an
 * application.
 */
package batchnorm.spark.sql;
