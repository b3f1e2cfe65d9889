package batchnorm.spark.moments;

/** More rows than a long counts. */
public final class RowCountOverflow extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private RowCountOverflow() {
    super("More than " + Long.MAX_VALUE + " rows");
  }

  static ArithmeticException raised() {
    return new RowCountOverflow();
  }
}
