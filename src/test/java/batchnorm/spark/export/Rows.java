package batchnorm.spark.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.BatchNormModel;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.function.Executable;

/** Results of models for some rows. */
final class Rows {
  private Rows() {}

  /** The vectors that {@code model} makes of {@code data}. */
  static double[][] of(BatchNormModel model, Dataset<Row> data) {
    return model.transform(data).select(model.getOutputCol()).collectAsList().stream()
        .map(row -> row.<Vector>getAs(0).toArray())
        .toArray(double[][]::new);
  }

  static void assertSame(double[][] expected, double[][] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], found[i], "row " + i);
    }
  }

  static void assertRefused(String text, Executable action) {
    assertEquals(
        List.of(text), List.of(assertThrows(IllegalArgumentException.class, action).getMessage()));
  }
}
