package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import java.util.Optional;

/**
 * Result of a fit.
 *
 * @param moments the moments of all rows; in an update by group, earlier data is included
 * @param groups the groups, including those of earlier data; empty without group columns
 * @param summary the summary of how the data was read
 * @param job the description of further jobs of this fit
 */
public record Fitted(
    Moments moments,
    Optional<GroupedMoments.Merged> groups,
    FitSummary summary,
    JobDescription job) {

  /** Releases the groups that executors keep. */
  public void release() {
    groups.ifPresent(merged -> merged.moments().unpersist());
  }
}
