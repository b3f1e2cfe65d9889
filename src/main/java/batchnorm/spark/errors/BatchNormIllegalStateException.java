package batchnorm.spark.errors;

import java.util.function.UnaryOperator;

/** Error in the state of a model or session, or caused by another writer. */
public final class BatchNormIllegalStateException extends IllegalStateException
    implements BatchNormThrowable {
  private static final long serialVersionUID = 1L;

  private final ErrorCondition condition;
  private final MarkedText text;

  BatchNormIllegalStateException(ErrorCondition condition, MarkedText text) {
    super(text.toString());
    this.condition = condition;
    this.text = text;
  }

  @Override
  public final ErrorCondition condition() {
    return condition;
  }

  @Override
  public final String getMessage(UnaryOperator<String> optionOf) {
    return text.ofCommandLine(optionOf);
  }
}
