package batchnorm.spark.compat;

/** Versions of Spark and Scala that this jar supports. */
final class SparkLine {
  static final String SPARK = "4";
  static final String SCALA = "2.13";

  private SparkLine() {}
}
