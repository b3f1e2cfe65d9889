package batchnorm.spark.compat;

/** The Sparks that this jar is for. */
final class SparkLine {
  static final String SPARK = "3.5";
  static final String SCALA = "2.12";

  private SparkLine() {}
}
