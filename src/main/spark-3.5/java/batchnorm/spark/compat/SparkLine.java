package batchnorm.spark.compat;

/** Versions of Spark and Scala that this jar supports. */
final class SparkLine {
  static final String SPARK = "3.5";
  static final String SCALA = "2.12";

  private SparkLine() {}
}
