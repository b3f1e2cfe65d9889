package batchnorm.spark.errors;

import java.util.function.UnaryOperator;

/** Error in an argument, a parameter or the data. */
public class BatchNormException extends IllegalArgumentException implements BatchNormThrowable {
  private static final long serialVersionUID = 1L;

  private final ErrorCondition condition;
  private final MarkedText text;

  BatchNormException(ErrorCondition condition, MarkedText text) {
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
