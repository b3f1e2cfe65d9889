package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import batchnorm.spark.testing.Jobs;
import batchnorm.spark.testing.SharedSession;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** The driver sends no more to tasks than their code and, for a transform, the coefficients. */
class SentBytesTest {
  private static final SparkSession SESSION = SharedSession.get();
  private static final int FEATURES = 20_000;
  private static final int GROUPS = 2000;

  /** Center, scale and shift of a feature; values that repeat are compressed. */
  private static final int BYTES_A_FEATURE = 24;

  private static final BatchNorm OF_VECTORS = new BatchNorm().setInputCol("v").setOutputCol("out");
  private static final BatchNorm OF_GROUPS =
      new BatchNorm().setInputCols("a").setOutputCol("out").setGroupCols("g");

  @Test
  void aFitOfGroupsSendsNoStatistics() {
    long few = sent(() -> OF_GROUPS.fit(groups(2)));
    assertAtMost(few + GROUPS, sent(() -> OF_GROUPS.fit(groups(GROUPS))));
  }

  @Test
  void aTransformSendsTheCoefficientsOnce() {
    long few = sentByTransform(OF_VECTORS, vectors(10));
    long many = sentByTransform(OF_VECTORS, vectors(FEATURES));
    assertTrue(many > FEATURES, "the coefficients are broadcast: " + many);
    assertAtMost(few + (long) BYTES_A_FEATURE * FEATURES, many);
  }

  @Test
  void aTransformOfGroupsSendsTheirCoefficientsOnce() {
    long few = sentByTransform(OF_GROUPS, groups(2));
    long many = sentByTransform(OF_GROUPS, groups(GROUPS));
    assertTrue(many > GROUPS, "the coefficients are broadcast: " + many);
    // With a key of 16 bytes and its place in the table of keys.
    assertAtMost(few + (BYTES_A_FEATURE + 32L) * GROUPS, many);
  }

  private static long sentByTransform(BatchNorm stage, Dataset<Row> rows) {
    BatchNormModel model = stage.fit(rows);
    return sent(() -> model.transform(rows).write().format("noop").mode("overwrite").save());
  }

  private static long sent(Runnable action) {
    return Jobs.broadcastBytes(SESSION, action);
  }

  private static void assertAtMost(long most, long found) {
    assertTrue(found <= most, found + " bytes, not at most " + most);
  }

  private static Dataset<Row> vectors(int features) {
    return SESSION
        .range(0, 8, 1, 4)
        .selectExpr("transform(sequence(1, " + features + "), i -> sin(i * 7 + id)) as v");
  }

  private static Dataset<Row> groups(int groups) {
    return SESSION
        .range(0, 2L * groups, 1, 4)
        .selectExpr("sin(id) as a", "id % " + groups + " as g");
  }
}
