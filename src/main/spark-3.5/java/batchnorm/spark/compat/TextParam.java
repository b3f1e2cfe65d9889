package batchnorm.spark.compat;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import scala.Function1;

/** Params with texts as values. Their constructor has one more parameter in Spark 4.0.0. */
public final class TextParam {
  private TextParam() {}

  /** Returns the param of a stage; Spark calls {@code isValid} for each value. */
  public static Param<String> of(
      Identifiable stage, String name, String doc, Function1<String, Object> isValid) {
    return new Param<>(stage, name, doc, isValid);
  }
}
