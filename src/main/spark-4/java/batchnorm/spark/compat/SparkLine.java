package batchnorm.spark.compat;

/** The Sparks that this jar is for. */
final class SparkLine {
  static final String SPARK = "4";
  static final String SCALA = "2.13";

  private SparkLine() {}
}
