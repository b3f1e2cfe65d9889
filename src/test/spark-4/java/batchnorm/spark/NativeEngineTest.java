package batchnorm.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.rand;
import static org.junit.jupiter.api.Assertions.assertEquals;

import batchnorm.spark.testing.LogCapture;
import batchnorm.spark.testing.NativeEngine;
import batchnorm.spark.testing.SharedSession;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fits over a native engine's scan read its rows, and never its columns. */
class NativeEngineTest {
  @TempDir static Path directory;

  @BeforeAll
  static void writeRows() {
    SharedSession.get()
        .range(0, 2000, 1, 2)
        .select(rand(1).as("a"), col("id").cast("int").as("b"), col("id").mod(3).as("g"))
        .write()
        .parquet(path());
  }

  @Test
  void columnsOfATransitionOfItsOwnAreNotRead() {
    Dataset<Row> frame = read(NativeEngine.withTransition());
    String reason = "'NativeToRow' reads columns that are not known to be in memory";
    assertFitsOnRows(frame, List.of("INFO fitted on rows: " + reason));
  }

  @ParameterizedTest
  @EnumSource(NativeEngine.Failure.class)
  void vectorsThatThrowAreLeftForRows(NativeEngine.Failure failure) {
    Dataset<Row> frame = read(NativeEngine.withVectors(failure));
    String text =
        "columns cannot be read here: "
            + (failure == NativeEngine.Failure.UNSUPPORTED
                ? "java.lang.UnsupportedOperationException: not on the heap"
                : "java.lang.IllegalStateException: data access must be on a host vector");
    assertFitsOnRows(
        frame,
        List.of(
            "INFO fitted on columns: columns of 'NativeScan'",
            "WARN " + text,
            "INFO fitted on rows: " + text));
  }

  private static void assertFitsOnRows(Dataset<Row> frame, List<String> log) {
    Dataset<Row> ordinary = read(SharedSession.get());
    BatchNorm stage = new BatchNorm().setInputCols("a", "b").setOutputCol("out");
    for (boolean grouped : new boolean[] {false, true}) {
      if (grouped) {
        stage.setGroupCols("g");
      }
      BatchNormModel expected = stage.fit(ordinary);
      try (LogCapture capture = LogCapture.of("batchnorm.spark.BatchNorm")) {
        BatchNormModel found = stage.fit(frame);
        assertEquals(log, capture.messages());
        SameFit.assertSameBits(expected, found);
        assertEquals("ROWS", SameFit.path(found));
        assertEquals(
            expected.transform(ordinary).orderBy("b").collectAsList(),
            found.transform(frame).orderBy("b").collectAsList());
      }
    }
  }

  private static Dataset<Row> read(SparkSession session) {
    return session.read().parquet(path());
  }

  private static String path() {
    return directory.resolve("rows").toString();
  }
}
