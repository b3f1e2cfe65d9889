package batchnorm.spark.fit;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.columns.WeightColumn;
import batchnorm.spark.internal.RowLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * The columns that a fit reads: those of the features, then that of the weights if there is one.
 */
final class Selection {
  private final Dataset<?> dataset;
  private final FeatureColumns features;
  private final Optional<StructField> weight;

  Selection(Dataset<?> dataset, FeatureColumns features, Optional<String> weightCol) {
    this.dataset = dataset;
    this.features = features;
    weight = weightCol.map(name -> WeightColumn.of(dataset.schema(), name));
  }

  /** The columns as rows are read: numbers as doubles. */
  Dataset<Row> forRows() {
    List<Column> columns = new ArrayList<>();
    for (StructField field : features.fields()) {
      columns.add(features.areNumbers() ? asDouble(field) : SchemaLookup.reference(field.name()));
    }
    weight.ifPresent(field -> columns.add(asDouble(field)));
    return dataset.select(columns.toArray(Column[]::new));
  }

  /** The columns as batches are read: numbers as they are stored, if features are numbers. */
  Dataset<Row> forBatches() {
    if (!features.areNumbers()) {
      return forRows();
    }
    List<Column> columns = new ArrayList<>();
    features.fields().forEach(field -> columns.add(SchemaLookup.reference(field.name())));
    weight.ifPresent(field -> columns.add(SchemaLookup.reference(field.name())));
    return dataset.select(columns.toArray(Column[]::new));
  }

  /** How a row of either holds the features. */
  RowLayout layout() {
    RowLayout.Features form =
        switch (features.kind()) {
          case NUMBER -> RowLayout.Features.NUMBERS;
          case VECTOR -> RowLayout.Features.VECTOR;
          case DOUBLE_ARRAY -> RowLayout.Features.DOUBLE_ARRAY;
          case FLOAT_ARRAY -> RowLayout.Features.FLOAT_ARRAY;
        };
    return new RowLayout(form, features.fields().size(), weight.isPresent());
  }

  private static Column asDouble(StructField field) {
    return SchemaLookup.reference(field.name()).cast(DataTypes.DoubleType);
  }
}
