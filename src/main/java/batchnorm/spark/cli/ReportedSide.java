package batchnorm.spark.cli;

import batchnorm.spark.report.Feature;
import java.util.List;

/**
 * Statistics that a report compares a model with.
 *
 * @param path the path of the model or the data, as the user wrote it
 * @param features in their own order
 * @param notes notes that a reader needs to interpret the numbers
 */
record ReportedSide(String path, List<Feature> features, List<String> notes) {}
