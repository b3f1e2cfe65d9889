package batchnorm.spark.testing;

/** What Delta widens columns to; of these types, for Spark 3.5 smallint alone. */
public final class WiderTypes {
  public static final String OF_INT = "int";
  public static final String OF_FLOAT = "float";
  public static final String OF_SHORT = "int";

  private WiderTypes() {}
}
