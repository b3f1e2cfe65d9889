package batchnorm.spark.transform;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.fit.FitSummary;
import batchnorm.spark.fit.ForcedSource;
import batchnorm.spark.fit.SourceFailure;
import batchnorm.spark.fit.StoredRows;
import batchnorm.spark.normalize.Coefficients;
import batchnorm.spark.normalize.HandleInvalid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dataset in, the same dataset with mapped columns out. Lazy: nothing runs until the result is
 * used.
 */
public final class Normalization {
  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNormModel");

  private final CoefficientSource source;
  private final ColumnNames names;
  private final OutputSchema output;
  private final HandleInvalid handleInvalid;

  /**
   * Prepares a transform that applies the same coefficients to all rows.
   *
   * @param coefficients what to apply; as wide as the features
   * @param names the columns that are read and written
   * @param output the fields of the written columns
   */
  public Normalization(
      Coefficients coefficients,
      ColumnNames names,
      OutputSchema output,
      HandleInvalid handleInvalid) {
    this(CoefficientSource.same(coefficients), names, output, handleInvalid);
  }

  /**
   * Prepares a transform.
   *
   * @param source gives each row what to apply to it; as wide as the features
   * @param names the columns that are read and written
   * @param output the fields of the written columns
   */
  public Normalization(
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
   * Returns {@code dataset} with the columns that are written: by expressions of Spark's own, or
   * where this Spark has others, by functions of its public API.
   */
  public Dataset<Row> transform(Dataset<?> dataset) {
    FeatureColumns features = FeatureColumns.of(dataset.schema(), names);
    String why = "set by " + ForcedSource.SETTING;
    if (!ForcedSource.of(dataset.sparkSession()).equals(Optional.of(FitSummary.Path.PUBLIC))) {
      try {
        return byExpressions(dataset, features);
      } catch (LinkageError e) {
        why = SourceFailure.text(e);
      }
    }
    LOG.warn("The transform calls functions of the public API, which is slower: {}", why);
    return byPublicApi(dataset, features);
  }

  private Dataset<Row> byExpressions(Dataset<?> dataset, FeatureColumns features) {
    Dataset<?> stored = StoredRows.of(dataset, features);
    Dataset<?> rows =
        handleInvalid == HandleInvalid.SKIP ? stored.filter(isFinite(features)) : stored;
    PlacedRows placed = source.byExpressions(rows);
    return with(
        features, placed, new MappedColumns(placed, List.of(features.columnNames()), isStrict()));
  }

  private Dataset<Row> byPublicApi(Dataset<?> dataset, FeatureColumns features) {
    Dataset<?> stored = StoredRows.of(dataset, features);
    Dataset<?> rows =
        handleInvalid == HandleInvalid.SKIP ? stored.filter(isFinitePublicly(features)) : stored;
    PlacedRows placed = source.byPublicApi(rows);
    return with(
        features,
        placed,
        new PublicColumns(rows.schema(), placed, List.of(features.columnNames()), isStrict()));
  }

  private boolean isStrict() {
    return handleInvalid == HandleInvalid.ERROR;
  }

  private Dataset<Row> with(FeatureColumns features, PlacedRows rows, ColumnMapping mapping) {
    List<Column> mapped = mapped(features, mapping);
    Map<String, Column> columns = new LinkedHashMap<>();
    for (int i = 0; i < mapped.size(); i++) {
      StructField field = output.fields().get(i);
      columns.put(SchemaLookup.key(field.name()), mapped.get(i).as(field.name(), field.metadata()));
    }
    return rows.with(columns);
  }

  private List<Column> mapped(FeatureColumns features, ColumnMapping columns) {
    Column first = features.fields().get(0).reference();
    if (!names.oneOutput()) {
      return features.areNumbers() ? columns.numbers(numbers(features)) : columns.elements(first);
    }
    return switch (features.kind()) {
      case VECTOR -> List.of(columns.vector(first));
      case DOUBLE_ARRAY -> List.of(columns.doubleArray(first, features.fields().get(0).dataType()));
      case FLOAT_ARRAY -> List.of(columns.floatArray(first, features.fields().get(0).dataType()));
      case NUMBER ->
          names.oneInput()
              ? columns.numbers(numbers(features))
              : List.of(columns.vectorOf(numbers(features)));
    };
  }

  private Column isFinite(FeatureColumns features) {
    String name = features.columnNames()[0];
    Column first = features.fields().get(0).reference();
    return switch (features.kind()) {
      case VECTOR -> MappedColumns.isFiniteVector(first, name);
      case DOUBLE_ARRAY -> MappedColumns.isFiniteDoubleArray(first, name);
      case FLOAT_ARRAY -> MappedColumns.isFiniteFloatArray(first, name);
      case NUMBER -> MappedColumns.areFinite(numbers(features));
    };
  }

  private static List<Column> numbers(FeatureColumns features) {
    return features.fields().stream().map(InputColumn::asNumber).toList();
  }

  private static Column isFinitePublicly(FeatureColumns features) {
    String name = features.columnNames()[0];
    Column first = features.fields().get(0).reference();
    return switch (features.kind()) {
      case VECTOR -> PublicColumns.isFiniteVector(first, name);
      case DOUBLE_ARRAY, FLOAT_ARRAY -> PublicColumns.isFiniteArray(first);
      case NUMBER -> PublicColumns.areFinite(numbers(features));
    };
  }
}
