package batchnorm.spark.testing;

import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rand;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import batchnorm.spark.RunningBatchNorm;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A program that does everything in a Spark whose Kryo takes registered classes alone. */
public final class StrictKryo {
  private StrictKryo() {}

  /** Works in the folder that is given. */
  public static void main(String[] arguments) throws Exception {
    try (SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrationRequired", true)
            .getOrCreate()) {
      Dataset<Row> rows =
          session
              .range(0, 100, 1, 5)
              .select(
                  rand(1).as("a"),
                  col("id").as("b"),
                  col("id").mod(3).as("g"),
                  array_repeat(col("id").cast("double"), lit(12_000)).as("wide"));
      check(new BatchNorm().setInputCols("a", "b"), rows, arguments[0] + "/plain");
      check(
          new BatchNorm().setInputCols("a", "b").setGroupCols("g"), rows, arguments[0] + "/groups");
      check(
          new BatchNorm().setInputCol("wide").setMaxSliceBytes(1 << 20),
          rows,
          arguments[0] + "/wide");
      RunningBatchNorm versions =
          new RunningBatchNorm(new BatchNorm().setInputCols("a", "b"), arguments[0] + "/versions");
      versions.onBatch(rows, 0);
      versions.onBatch(rows, 1);
      requireRows(2, BatchNormModel.load(arguments[0] + "/versions").summary(), "versions");
    }
  }

  private static void check(BatchNorm stage, Dataset<Row> rows, String path) throws IOException {
    BatchNormModel model = stage.fit(rows);
    model.save(path);
    BatchNormModel loaded = BatchNormModel.load(path);
    requireRows(100, loaded.transform(rows), path);
    requireSame(loaded.update(rows), model.merge(loaded), path);
    loaded.merge(model).write().overwrite().save(path);
    requireRows(
        (int) loaded.summary().count(), BatchNormModel.load(path).summary(), path + " merged");
  }

  private static void requireRows(int expected, Dataset<Row> rows, String what) {
    long found = rows.distinct().count();
    if (found != expected) {
      throw new AssertionError(what + ": " + found);
    }
  }

  private static void requireSame(BatchNormModel one, BatchNormModel other, String what) {
    if (!one.mean().equals(other.mean()) || !one.variance().equals(other.variance())) {
      throw new AssertionError(what + ": " + one.mean() + " and " + other.mean());
    }
  }
}
