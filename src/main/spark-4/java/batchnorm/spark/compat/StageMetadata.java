package batchnorm.spark.compat;

import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** Class, uid and params of a stage as JSON. Spark 4 needs a session, Spark 3.5 its context. */
public final class StageMetadata {
  private StageMetadata() {}

  /** Returns the JSON, in one line. */
  public static String text(Params stage, SparkSession session) {
    return DefaultParamsWriter.getMetadataToSave(stage, session, Option.empty(), Option.empty());
  }
}
