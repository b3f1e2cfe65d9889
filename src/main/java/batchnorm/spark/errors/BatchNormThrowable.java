package batchnorm.spark.errors;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.spark.SparkThrowable;

/**
 * Errors of this library, as Spark's own are {@link SparkThrowable}: each says by its condition
 * what is wrong, whatever its text.
 *
 * <p>An error is a {@link BatchNormException} if an argument or the data is wrong, and a {@link
 * BatchNormIllegalStateException} if a model or another writer is not in the state that a call
 * needs. Those of {@code transform} come with the action that runs it: Spark 4 throws them as they
 * are, Spark 3.5 as a cause of a {@code SparkException}.
 *
 * <pre>{@code
 * try {
 *   model = batchNorm.fit(data);
 * } catch (BatchNormException e) {
 *   if (e.condition() != ErrorCondition.TOO_FEW_ROWS) {
 *     throw e;
 *   }
 * }
 * }</pre>
 *
 * In Python {@code e.getCondition()} (Spark 3.5: {@code e.getErrorClass()}) returns the full name,
 * such as {@code BATCHNORM_TOO_FEW_ROWS}.
 */
public interface BatchNormThrowable extends SparkThrowable {
  /** Returns the kind of error. */
  ErrorCondition condition();

  /** Returns the full name of the condition. */
  default String getCondition() {
    return condition().fullName();
  }

  /** Returns the full name of the condition, under the name that Spark 3.5 has for it. */
  @SuppressWarnings("deprecation")
  default String getErrorClass() {
    return getCondition();
  }

  /** Returns the text, for the formats of messages that have parameters alone. */
  @Override
  default Map<String, String> getMessageParameters() {
    return Map.of("message", getMessage());
  }

  /** Returns the text: what was found, what was expected and what to do. */
  String getMessage();

  /**
   * Returns the text in the words of the command line: options for params, and commands for calls.
   *
   * @param optionOf returns the name of the option that sets the param of a name
   */
  String getMessage(UnaryOperator<String> optionOf);
}
