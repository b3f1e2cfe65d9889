package batchnorm.spark.testing;

import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rand;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A program that does everything in a Spark whose Kryo takes registered classes alone. */
public final class StrictKryo {
  private StrictKryo() {}

  /** Fits, transforms and saves to the folder that is given. */
  public static void main(String[] arguments) throws IOException {
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
              .range(0, 100, 1, 12)
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
    }
  }

  private static void check(BatchNorm stage, Dataset<Row> rows, String path) throws IOException {
    BatchNormModel model = stage.fit(rows);
    long expected = model.transform(rows).distinct().count();
    model.save(path);
    if (expected != 100) {
      throw new AssertionError(path + ": " + expected);
    }
  }
}
