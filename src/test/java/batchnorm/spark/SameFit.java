package batchnorm.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.testing.ForcedSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Assertions that fits of the same rows agree, however the rows were read. */
public final class SameFit {
  private SameFit() {}

  /** Requires the same statistics of all rows. */
  public static void assertSameBits(BatchNormModel expected, BatchNormModel found) {
    assertSameBitsOfTheRest(expected, found);
    assertEquals(expected.featuresOfAllRows(), found.featuresOfAllRows());
  }

  /**
   * Requires the same statistics of all rows, of which {@code found} may have lost others: it may
   * not know minimum and maximum.
   */
  public static void assertSameBitsOfTheRest(BatchNormModel expected, BatchNormModel found) {
    assertArrayEquals(expected.mean().toArray(), found.mean().toArray());
    assertArrayEquals(expected.variance(0), found.variance(0));
    assertArrayEquals(expected.variance(1), found.variance(1));
    assertEquals(expected.count(), found.count());
    assertSameFeaturesOfTheRest(expected.featuresOfAllRows(), found.featuresOfAllRows());
  }

  /** Requires the same summary, in which minimum and maximum may be unknown. */
  public static void assertSameSummaryOfTheRest(Dataset<Row> expected, Dataset<Row> found) {
    assertSameFeaturesOfTheRest(sorted(expected), sorted(found));
  }

  private static List<FeatureSummary> sorted(Dataset<Row> summary) {
    return FeatureSummary.of(summary).stream()
        .sorted(Comparator.comparing(row -> row.group() + row.name()))
        .toList();
  }

  private static void assertSameFeaturesOfTheRest(
      List<FeatureSummary> expected, List<FeatureSummary> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      FeatureSummary feature = found.get(i);
      boolean isUnknown = Double.isNaN(feature.min()) && Double.isNaN(feature.max());
      assertEquals(
          isUnknown ? expected.get(i).between(Double.NaN, Double.NaN) : expected.get(i), feature);
    }
  }

  /** Fits on columns, rows and rows of the public API; {@code frame} must have the former. */
  static void assertSameBitsOfEverySource(
      BatchNorm stage, Dataset<Row> frame, BatchNormModel expected) {
    for (String source : List.of("columns", "rows", "public")) {
      BatchNormModel found =
          ForcedSource.with(frame.sparkSession(), source, () -> stage.fit(frame));
      assertEquals(source.toUpperCase(Locale.ROOT), path(found));
      assertSameBits(expected, found);
    }
  }

  /** Returns the path by which the fit read its data: columns or rows. */
  public static String path(BatchNormModel model) {
    return model.fitSummary().orElseThrow().path().name();
  }

  /** The text with which a fit is refused. */
  public static String message(BatchNorm stage, Dataset<Row> frame) {
    return assertThrows(IllegalArgumentException.class, () -> stage.fit(frame)).getMessage();
  }
}
