package batchnorm.spark.internal;

import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * The file of a stage's class and params. Spark 4 asks for a session, Spark 3.5 for its context.
 */
public final class StageMetadata {
  private StageMetadata() {}

  /** Reads it, of a class that is not checked. */
  public static DefaultParamsReader.Metadata load(String path, SparkSession session) {
    return DefaultParamsReader.loadMetadata(path, session, "");
  }

  /** Writes it. */
  public static void save(Params stage, String path, SparkSession session) {
    DefaultParamsWriter.saveMetadata(stage, path, session, Option.empty(), Option.empty());
  }
}
