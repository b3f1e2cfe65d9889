package batchnorm.spark.testing;

/** What Delta widens columns to; for Spark 3.5 it widens fewer. */
public final class WiderTypes {
  public static final String OF_INT = "bigint";
  public static final String OF_FLOAT = "double";
  public static final String OF_SHORT = "double";

  private WiderTypes() {}
}
