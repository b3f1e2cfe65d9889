package batchnorm.spark.testing;

/** Types that Delta widens columns to; on Spark 3.5 it widens smallint only. */
public final class WiderTypes {
  public static final String OF_INT = "int";
  public static final String OF_FLOAT = "float";
  public static final String OF_SHORT = "int";

  private WiderTypes() {}
}
