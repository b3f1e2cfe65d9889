package batchnorm.spark.errors;

/** Error in the state of a model or session, or caused by another writer. */
public final class BatchNormIllegalStateException extends IllegalStateException
    implements BatchNormThrowable {
  private static final long serialVersionUID = 1L;

  private final ErrorCondition condition;

  BatchNormIllegalStateException(ErrorCondition condition, String text) {
    super(text);
    this.condition = condition;
  }

  @Override
  public final ErrorCondition condition() {
    return condition;
  }
}
