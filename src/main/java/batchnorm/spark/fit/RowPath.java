package batchnorm.spark.fit;

import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.SchemaLookup;
import batchnorm.spark.columns.WeightColumn;
import batchnorm.spark.internal.InternalRows;
import batchnorm.spark.internal.RowLayout;
import batchnorm.spark.moments.DatasetMoments;
import batchnorm.spark.moments.HandleInvalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** The path that reads rows: it takes any dataset. */
final class RowPath {
  private final FeatureColumns features;
  private final Optional<String> weightCol;

  RowPath(FeatureColumns features, Optional<String> weightCol) {
    this.features = features;
    this.weightCol = weightCol;
  }

  DatasetMoments moments(Dataset<?> dataset, HandleInvalid handleInvalid, int depth) {
    List<Column> selected = new ArrayList<>();
    for (StructField field : features.fields()) {
      selected.add(features.areNumbers() ? asDouble(field) : SchemaLookup.reference(field.name()));
    }
    weightCol.ifPresent(name -> selected.add(asDouble(WeightColumn.of(dataset.schema(), name))));
    RowLayout layout = new RowLayout(layout(), features.fields().size(), weightCol.isPresent());
    return InternalRows.moments(
        dataset.select(selected.toArray(Column[]::new)), layout, handleInvalid, depth);
  }

  private RowLayout.Features layout() {
    return switch (features.kind()) {
      case NUMBER -> RowLayout.Features.NUMBERS;
      case VECTOR -> RowLayout.Features.VECTOR;
      case DOUBLE_ARRAY -> RowLayout.Features.DOUBLE_ARRAY;
      case FLOAT_ARRAY -> RowLayout.Features.FLOAT_ARRAY;
    };
  }

  private static Column asDouble(StructField field) {
    return SchemaLookup.reference(field.name()).cast(DataTypes.DoubleType);
  }
}
