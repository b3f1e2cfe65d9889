package batchnorm.spark;

import batchnorm.spark.columns.SummarySchema;
import batchnorm.spark.model.GroupSummary;
import batchnorm.spark.model.Groups;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** What a model knows, as tables of {@code session}. */
record ModelTables(ModelState model, SparkSession session) {

  /** The columns of {@link #summary}. */
  static StructType summarySchema(ModelState model) {
    return model
        .groupKeys()
        .map(SummarySchema::ofGroups)
        .orElseGet(() -> SummarySchema.after(new StructType()));
  }

  /** Returns a row a feature, with groups a row a feature of each group. */
  Dataset<Row> summary() {
    return model.groups().map(this::ofGroups).orElseGet(this::ofAllRows);
  }

  /** Returns a row a feature, also with groups. */
  Dataset<Row> ofAllRows() {
    Statistics statistics = model.statistics();
    Learned learned = model.learned();
    Recipe recipe = model.formula();
    List<Row> rows = new ArrayList<>();
    for (int j = 0; j < model.numFeatures(); j++) {
      Object[] cells = new Object[SummarySchema.FEATURE_COLUMNS];
      SummarySchema.fill(
          cells,
          0,
          model.featureName(j),
          learned.count(j),
          learned.missing(j),
          statistics,
          recipe,
          j);
      rows.add(RowFactory.create(cells));
    }
    return session.createDataFrame(rows, SummarySchema.after(new StructType()));
  }

  /** Returns one row of all statistics. */
  Dataset<Row> statistics() {
    Row row =
        RowFactory.create(
            model.learned().count(),
            model.learned().batches(),
            model.numFeatures(),
            model.featureNames(),
            model.mean(),
            model.variance(model.params().correction()),
            model.std(),
            model.fitWarnings().toArray(String[]::new));
    return session.createDataFrame(List.of(row), SummarySchema.STATISTICS);
  }

  private Dataset<Row> ofGroups(Groups groups) {
    SharedParams params = model.params();
    return new GroupSummary(
            List.of(model.featureNames()),
            params.withStd(),
            params.eps(),
            params.correction(),
            params.smallGroup())
        .of(groups);
  }
}
