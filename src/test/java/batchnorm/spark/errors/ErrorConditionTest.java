package batchnorm.spark.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.testing.Frames;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorConditionTest {
  private final Dataset<Row> frame = Frames.doubles(new double[][] {{1, 2}, {3, 4}});

  @Test
  void callersTellErrorsByTheirCondition() {
    assertEquals(
        ErrorCondition.COLUMN_NOT_FOUND,
        assertThrows(
                BatchNormException.class, () -> new BatchNorm().setInputCol("nowhere").fit(frame))
            .condition());
    assertEquals(
        ErrorCondition.NO_STATISTICS,
        assertThrows(
                BatchNormIllegalStateException.class, () -> new BatchNormModel("unfitted").mean())
            .condition());
  }

  static Stream<RuntimeException> errors() {
    return Stream.of(
        ColumnErrors.missingColumn("x", new String[] {"a"}),
        FitErrors.weightsTooLarge("w"),
        ModelErrors.noStatistics("m"),
        MergeErrors.tooManyRows());
  }

  @ParameterizedTest
  @MethodSource("errors")
  void sparkSeesTheConditionAsItSeesItsOwn(RuntimeException error) {
    SparkThrowable spark = assertInstanceOf(SparkThrowable.class, error);
    String name = "BATCHNORM_" + ((BatchNormThrowable) error).condition();
    assertEquals(name, ((BatchNormThrowable) error).getCondition());
    assertEquals(name, ((BatchNormThrowable) error).getErrorClass());
    assertEquals(Map.of("message", error.getMessage()), spark.getMessageParameters());
    assertNull(spark.getSqlState());
    assertFalse(spark.isInternalError());
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anErrorOfATaskReachesTheDriverWhole(RuntimeException error) {
    RuntimeException arrived = SerializationUtils.roundtrip(error);
    assertEquals(error.getClass(), arrived.getClass());
    assertEquals(error.getMessage(), arrived.getMessage());
    assertSame(
        ((BatchNormThrowable) error).condition(), ((BatchNormThrowable) arrived).condition());
  }

  /** Errors with types of their own are still caught by callers that catch Java's types. */
  @Test
  void errorsAreStillThoseOfJava() {
    assertInstanceOf(IllegalArgumentException.class, FitErrors.weightsTooLarge("w"));
    assertInstanceOf(IllegalStateException.class, ModelErrors.noStatistics("m"));
    assertInstanceOf(ArithmeticException.class, MergeErrors.tooManyRows());
  }
}
