package batchnorm.spark.fit;

import batchnorm.spark.errors.FitErrors;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Session setting {@code spark.batchnorm.source}, for support and tests: the only form in which
 * fits read data, {@code columns}, {@code rows} or {@code public}. With {@code public}, a transform
 * uses only Spark's public API, too.
 */
public final class ForcedSource {
  /** The name of the setting. */
  public static final String SETTING = "spark.batchnorm.source";

  private ForcedSource() {}

  /** Returns the form that is set; usually none. */
  public static Optional<FitSummary.Path> of(SparkSession session) {
    String value = session.conf().get(SETTING, "");
    return switch (value) {
      case "" -> Optional.empty();
      case "columns" -> Optional.of(FitSummary.Path.COLUMNS);
      case "rows" -> Optional.of(FitSummary.Path.ROWS);
      case "public" -> Optional.of(FitSummary.Path.PUBLIC);
      default -> throw FitErrors.unknownSource(SETTING, value);
    };
  }
}
