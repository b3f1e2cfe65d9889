package batchnorm.spark;

import batchnorm.spark.columns.FeatureSummary;
import batchnorm.spark.model.GroupSummary;
import batchnorm.spark.model.Groups;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Learned;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.TransformOutput;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Tables of a model's statistics in {@code session}. */
record ModelTables(ModelState model, SparkSession session) {

  private static final StructType STATISTICS =
      new StructType()
          .add("count", DataTypes.LongType, false)
          .add("numBatchesTracked", DataTypes.LongType, false)
          .add("numFeatures", DataTypes.IntegerType, false)
          .add("featureNames", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("mean", SQLDataTypes.VectorType(), false)
          .add("variance", SQLDataTypes.VectorType(), false)
          .add("std", SQLDataTypes.VectorType(), false)
          .add("warnings", DataTypes.createArrayType(DataTypes.StringType, false), false);

  /** Returns the columns of a table, see {@link #of}. */
  static StructType schema(ModelState model, TransformOutput table) {
    return table == TransformOutput.STATISTICS
        ? STATISTICS
        : model.groupKeys().map(FeatureSummary::schema).orElseGet(FeatureSummary::schema);
  }

  /** Returns the table that a transform returns instead of normalized data. */
  Dataset<Row> of(TransformOutput table) {
    return table == TransformOutput.STATISTICS ? statistics() : summary();
  }

  /** Returns a row for each feature; with groups, for each feature of each group. */
  Dataset<Row> summary() {
    return model.groups().map(this::ofGroups).orElseGet(this::ofAllRows);
  }

  /** Returns a row for each feature, also with groups. */
  Dataset<Row> ofAllRows() {
    List<Row> rows = features(model).stream().map(FeatureSummary::toRow).toList();
    return session.createDataFrame(rows, FeatureSummary.schema());
  }

  /** Returns the rows of the summary of all rows. */
  static List<FeatureSummary> features(ModelState model) {
    Statistics statistics = model.statistics();
    Learned learned = model.learned();
    Recipe recipe = model.formula();
    return IntStream.range(0, model.numFeatures())
        .mapToObj(
            j ->
                FeatureSummary.of(
                        model.featureName(j),
                        learned.count(j),
                        learned.missing(j),
                        statistics,
                        recipe,
                        j)
                    .between(learned.min(j), learned.max(j)))
        .toList();
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
    return session.createDataFrame(List.of(row), STATISTICS);
  }

  private Dataset<Row> ofGroups(Groups groups) {
    return new GroupSummary(
            List.of(model.featureNames()), model.formula(), model.params().smallGroup())
        .of(groups);
  }
}
