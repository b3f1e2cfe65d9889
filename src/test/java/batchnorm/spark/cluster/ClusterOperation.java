package batchnorm.spark.cluster;

import static org.apache.spark.sql.functions.array_repeat;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import batchnorm.spark.BatchNorm;
import batchnorm.spark.BatchNormModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** An operation of the library and the bits of its result. */
enum ClusterOperation {
  FIT {
    @Override
    String bits(Dataset<Row> data, String path) {
      return statistics(stage().fit(data));
    }
  },
  FIT_WIDE {
    @Override
    String bits(Dataset<Row> data, String path) {
      Dataset<Row> wide =
          data.filter("id % 1000 = 0")
              .select(array_repeat(col("a").multiply(col("b")), lit(12_000)).as("wide"));
      return statistics(new BatchNorm().setInputCol("wide").setMaxSliceBytes(1 << 20).fit(wide));
    }
  },
  FIT_GROUPS {
    @Override
    String bits(Dataset<Row> data, String path) {
      return groups(stage().setGroupCols("g").fit(data));
    }
  },
  TRANSFORM {
    @Override
    String bits(Dataset<Row> data, String path) {
      return rows(stage().fit(data).transform(data));
    }
  },
  WRITE {
    @Override
    String bits(Dataset<Row> data, String path) {
      stage().setGroupCols("g").fit(data).transform(data).write().parquet(path);
      return load(data.sparkSession(), path);
    }

    @Override
    String load(SparkSession session, String path) {
      return rows(session.read().parquet(path));
    }
  },
  SAVE_GROUPS {
    @Override
    String bits(Dataset<Row> data, String path) throws IOException {
      stage().setGroupCols("g").fit(data).write().save(path);
      return load(data.sparkSession(), path);
    }

    @Override
    String load(SparkSession session, String path) {
      return groups(BatchNormModel.load(path));
    }
  },
  UPDATE_AND_MERGE {
    @Override
    String bits(Dataset<Row> data, String path) {
      BatchNormModel half = stage().setGroupCols("g").fit(data.filter("id % 2 = 0"));
      BatchNormModel other = stage().setGroupCols("g").fit(data.filter("id % 3 = 0"));
      return groups(half.update(data.filter("id % 2 = 1")).merge(other));
    }
  };

  /**
   * Runs the operation.
   *
   * @param path a path that does not exist, for operations that write
   */
  abstract String bits(Dataset<Row> data, String path) throws IOException;

  /** Returns the bits of what was written. */
  String load(SparkSession session, String path) {
    throw new IllegalStateException(this + " writes nothing");
  }

  /** Returns whether something is left that loads. */
  boolean loads(SparkSession session, Path path) {
    if (this != WRITE && this != SAVE_GROUPS) {
      return false;
    }
    try {
      load(session, path.toString());
      return true;
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  private static BatchNorm stage() {
    return new BatchNorm("stage").setInputCols("a", "b", "c").setOutputCols("a", "b", "c");
  }

  private static String statistics(BatchNormModel model) {
    return digest(model.mean().toArray(), model.variance().toArray());
  }

  private static String groups(BatchNormModel model) {
    return statistics(model) + " " + digest(model.summary().orderBy("g", "name").collectAsList());
  }

  private static String digest(double[] mean, double[] variance) {
    return digest(Arrays.toString(mean) + Arrays.toString(variance));
  }

  private static String digest(Object value) {
    return UUID.nameUUIDFromBytes(value.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static String rows(Dataset<Row> rows) {
    return rows.selectExpr("count(*)", "bit_xor(xxhash64(*))").collectAsList().toString();
  }
}
