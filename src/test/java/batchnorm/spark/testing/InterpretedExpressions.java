package batchnorm.spark.testing;

import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes Spark interpret the expressions of the queries of a class, for tests of models, files and
 * faults. Spark would take a quarter of their time to generate and compile code, as most of their
 * queries run once on a few rows.
 */
public final class InterpretedExpressions implements BeforeAllCallback, AfterAllCallback {
  private static final String MODE = "spark.sql.codegen.factoryMode";

  /** Sets the same in a session of its own. */
  public static void in(SparkSession session) {
    session.conf().set(MODE, "NO_CODEGEN");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    in(SharedSession.get());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    SharedSession.get().conf().unset(MODE);
  }
}
