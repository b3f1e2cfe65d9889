package batchnorm.spark.model;

import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.fit.Fitted;
import batchnorm.spark.moments.Moments;

/**
 * A fit by group, with the groups as a model holds them.
 *
 * @param moments the moments of all rows
 * @param summary the summary of how the data was read
 */
public record FittedGroups(Moments moments, Groups groups, FitSummary summary) {
  public static FittedGroups of(Fitted fitted) {
    return new FittedGroups(fitted.moments(), Groups.of(fitted), fitted.summary());
  }
}
