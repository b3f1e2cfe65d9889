package batchnorm.spark.errors;

/** Error of numbers beyond the range of their type. */
public final class BatchNormArithmeticException extends ArithmeticException
    implements BatchNormThrowable {
  private static final long serialVersionUID = 1L;

  private final ErrorCondition condition;

  BatchNormArithmeticException(ErrorCondition condition, String text) {
    super(text);
    this.condition = condition;
  }

  @Override
  public final ErrorCondition condition() {
    return condition;
  }
}
