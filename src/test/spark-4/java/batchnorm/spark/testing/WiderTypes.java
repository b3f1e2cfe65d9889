package batchnorm.spark.testing;

/** Types that Delta widens columns to; on Spark 3.5 it widens fewer. */
public final class WiderTypes {
  public static final String OF_INT = "bigint";
  public static final String OF_FLOAT = "double";
  public static final String OF_SHORT = "double";

  private WiderTypes() {}
}
