package batchnorm.spark.sql;

import batchnorm.spark.compat.RunningSpark;
import org.apache.spark.sql.SparkSessionExtensions;
import scala.Tuple3;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Adds the functions of {@link ExactAggregates} to every session of an application or of a Spark
 * Connect server: {@code spark.sql.extensions = batchnorm.spark.sql.ExactAggregatesExtension}.
 */
public final class ExactAggregatesExtension
    extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  @Override
  @SuppressWarnings("unchecked")
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    RunningSpark.requireOwn();
    for (ExactFunction function : ExactFunction.values()) {
      FunctionBuilder builder = new FunctionBuilder(function);
      extensions.injectFunction(
          new Tuple3<>(builder.identifier(), builder.info(), builder.forRegistry()));
    }
    return BoxedUnit.UNIT;
  }
}
