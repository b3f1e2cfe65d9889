package batchnorm.spark.transform;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.fit.ForcedSource;
import batchnorm.spark.fit.SourceFailure;
import batchnorm.spark.fit.StoredRows;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plan of a transform, from a dataset to the same dataset with mapped columns. It is lazy: no job
 * runs until the result is used.
 */
public final class TransformPlan {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNormModel");

  private final CoefficientSource source;
  private final ColumnNames names;
  private final OutputSchema output;
  private final HandleInvalid handleInvalid;

  /**
   * Returns a transform with the same coefficients for all rows.
   *
   * @param coefficients the coefficients; their number of features is that of the data
   * @param names the columns that are read and written
   * @param output the fields of the written columns
   */
  public TransformPlan(
      Coefficients coefficients,
      ColumnNames names,
      OutputSchema output,
      HandleInvalid handleInvalid) {
    this(CoefficientSource.same(coefficients), names, output, handleInvalid);
  }

  /**
   * Returns a transform.
   *
   * @param source adds the coefficients to the rows; their number of features is that of the data
   * @param names the columns that are read and written
   * @param output the fields of the written columns
   */
  public TransformPlan(
      CoefficientSource source,
      ColumnNames names,
      OutputSchema output,
      HandleInvalid handleInvalid) {
    this.source = source;
    this.names = names;
    this.output = output;
    this.handleInvalid = handleInvalid;
  }

  /**
   * Returns {@code dataset} with the output columns: as Spark expressions, or by functions of the
   * public API if this Spark has other expression classes.
   */
  public Dataset<Row> transform(Dataset<?> dataset) {
    FeatureColumns features = FeatureColumns.of(dataset.schema(), names);
    Dataset<?> stored = StoredRows.of(dataset, features);
    boolean failOnInvalid = handleInvalid == HandleInvalid.ERROR;
    String why = "set by " + ForcedSource.SETTING;
    if (!ForcedSource.of(dataset.sparkSession()).equals(Optional.of(FitSummary.Path.PUBLIC))) {
      try {
        MappedColumns mapped = new MappedColumns(features, names, output, failOnInvalid);
        PlacedRows rows = source.byExpressions().apply(kept(stored, mapped::areFinite));
        return rows.with(mapped.of(rows), output.fields());
      } catch (LinkageError e) {
        why = SourceFailure.text(e);
      }
    }
    LOG.warn("The transform calls functions of the public API, which is slower: {}", why);
    PublicColumns mapped = new PublicColumns(features, names, output, failOnInvalid);
    PlacedRows rows = source.byPublicApi().apply(kept(stored, mapped::areFinite));
    return rows.with(mapped.of(rows), output.fields());
  }

  private Dataset<?> kept(Dataset<?> rows, Supplier<Column> areFinite) {
    return handleInvalid == HandleInvalid.SKIP ? rows.filter(areFinite.get()) : rows;
  }
}
