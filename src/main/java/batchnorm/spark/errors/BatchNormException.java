package batchnorm.spark.errors;

/** Error in an argument, a parameter or the data. */
public class BatchNormException extends IllegalArgumentException implements BatchNormThrowable {
  private static final long serialVersionUID = 1L;

  private final ErrorCondition condition;

  BatchNormException(ErrorCondition condition, String text) {
    super(text);
    this.condition = condition;
  }

  @Override
  public final ErrorCondition condition() {
    return condition;
  }
}
