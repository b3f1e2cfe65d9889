package batchnorm.spark.fit;

import batchnorm.spark.errors.FitErrors;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * The setting {@code spark.batchnorm.source} of a session, for support and tests: the one form in
 * which fits read data, {@code columns}, {@code rows} or {@code public}. With {@code public} a
 * transform, too, uses nothing but Spark's public API.
 */
public final class ForcedSource {
  /** The name of the setting. */
  public static final String SETTING = "spark.batchnorm.source";

  private ForcedSource() {}

  /** Returns the form that is set; none in general. */
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
