package batchnorm.spark.apply;

import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.InputColumn;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.internal.MappedColumns;
import batchnorm.spark.internal.RowMaps;
import batchnorm.spark.moments.AffineMap;
import batchnorm.spark.moments.HandleInvalid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/**
 * A dataset in, the same dataset with mapped columns out. Lazy: nothing runs until the result is
 * used.
 */
public final class Normalization {
  private final Function<Dataset<?>, RowMaps> maps;
  private final ColumnNames names;
  private final OutputSchema output;
  private final HandleInvalid handleInvalid;

  /**
   * Prepares a transform that applies one map to all rows.
   *
   * @param map what to apply; as wide as the features
   * @param names the columns that are read and written
   * @param output the fields of the written columns
   */
  public Normalization(
      AffineMap map, ColumnNames names, OutputSchema output, HandleInvalid handleInvalid) {
    this(rows -> RowMaps.one(rows, map), names, output, handleInvalid);
  }

  /**
   * Prepares a transform.
   *
   * @param maps gives each row what to apply to it; as wide as the features
   * @param names the columns that are read and written
   * @param output the fields of the written columns
   */
  public Normalization(
      Function<Dataset<?>, RowMaps> maps,
      ColumnNames names,
      OutputSchema output,
      HandleInvalid handleInvalid) {
    this.maps = maps;
    this.names = names;
    this.output = output;
    this.handleInvalid = handleInvalid;
  }

  /** Returns {@code dataset} with the columns that are written. */
  public Dataset<Row> transform(Dataset<?> dataset) {
    FeatureColumns features = FeatureColumns.of(dataset.schema(), names);
    Dataset<?> rows =
        handleInvalid == HandleInvalid.SKIP ? dataset.filter(isFinite(features)) : dataset;
    MappedColumns door =
        new MappedColumns(
            maps.apply(rows),
            List.of(features.columnNames()),
            handleInvalid == HandleInvalid.ERROR);
    List<Column> mapped = mapped(features, door);
    Map<String, Column> columns = new LinkedHashMap<>();
    for (int i = 0; i < mapped.size(); i++) {
      StructField field = output.fields().get(i);
      columns.put(SchemaLookup.key(field.name()), mapped.get(i).as(field.name(), field.metadata()));
    }
    return door.withColumns(columns);
  }

  private List<Column> mapped(FeatureColumns features, MappedColumns columns) {
    Column first = features.fields().get(0).reference();
    if (!names.oneOutput()) {
      return features.areNumbers() ? columns.numbers(doubles(features)) : columns.elements(first);
    }
    return switch (features.kind()) {
      case VECTOR -> List.of(columns.vector(first));
      case DOUBLE_ARRAY -> List.of(columns.doubleArray(first, features.fields().get(0).dataType()));
      case FLOAT_ARRAY -> List.of(columns.floatArray(first, features.fields().get(0).dataType()));
      case NUMBER ->
          names.oneInput()
              ? columns.numbers(doubles(features))
              : List.of(columns.vectorOf(doubles(features)));
    };
  }

  private Column isFinite(FeatureColumns features) {
    String name = features.columnNames()[0];
    Column first = features.fields().get(0).reference();
    return switch (features.kind()) {
      case VECTOR -> MappedColumns.isFiniteVector(first, name);
      case DOUBLE_ARRAY -> MappedColumns.isFiniteDoubleArray(first, name);
      case FLOAT_ARRAY -> MappedColumns.isFiniteFloatArray(first, name);
      case NUMBER -> MappedColumns.areFinite(doubles(features));
    };
  }

  private static List<Column> doubles(FeatureColumns features) {
    return features.fields().stream().map(InputColumn::asDouble).toList();
  }
}
