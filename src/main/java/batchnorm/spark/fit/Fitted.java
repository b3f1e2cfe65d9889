package batchnorm.spark.fit;

import batchnorm.spark.moments.Moments;
import java.util.Optional;

/**
 * Result of a fit.
 *
 * @param moments the moments of all rows, in groups with those that there were before
 * @param groups the groups, with those that there were before; empty without group columns
 * @param summary how the data was read
 * @param job the description of further jobs of this fit
 */
public record Fitted(
    Moments moments,
    Optional<GroupedMoments.Merged> groups,
    FitSummary summary,
    JobDescription job) {

  /** Frees what executors keep of the groups. */
  public void release() {
    groups.ifPresent(merged -> merged.moments().unpersist());
  }
}
