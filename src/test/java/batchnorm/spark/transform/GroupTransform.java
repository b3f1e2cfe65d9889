package batchnorm.spark.transform;

import batchnorm.spark.BatchNormModel;
import batchnorm.spark.columns.ColumnNames;
import batchnorm.spark.columns.FeatureColumns;
import batchnorm.spark.columns.FeatureNames;
import batchnorm.spark.columns.GroupColumns;
import batchnorm.spark.columns.OutputSchema;
import batchnorm.spark.moments.Statistics;
import batchnorm.spark.normalize.Choice;
import batchnorm.spark.normalize.Direction;
import batchnorm.spark.normalize.GroupRecipe;
import batchnorm.spark.normalize.HandleInvalid;
import batchnorm.spark.normalize.Recipe;
import batchnorm.spark.normalize.SmallGroup;
import batchnorm.spark.normalize.UnseenGroup;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Transform of a model with groups, with the params of a model without. */
record GroupTransform(
    GroupCoefficients maps, BatchNormModel params, Statistics global, Direction direction) {

  Dataset<Row> transform(Dataset<?> dataset) {
    ColumnNames names = names();
    GroupColumns columns =
        GroupColumns.of(dataset.schema(), params.getGroupCols(), names, Optional.empty());
    Recipe recipe =
        new Recipe(
            params.getWithMean(),
            params.getWithStd(),
            params.getEps(),
            params.getCorrection(),
            set(params.gamma(), double[].class),
            set(params.beta(), double[].class));
    GroupRecipe groupRecipe =
        new GroupRecipe(
            recipe, direction, Choice.of(SmallGroup.class, params.getSmallGroup()), global);
    UnseenGroup unseen = Choice.of(UnseenGroup.class, params.getUnseenGroup());
    return new TransformPlan(
            maps.of(columns, groupRecipe, unseen),
            names,
            output(dataset.schema()),
            Choice.of(HandleInvalid.class, params.getHandleInvalid()))
        .transform(dataset);
  }

  GroupTransform inverse() {
    return new GroupTransform(maps, params, global, Direction.RESTORING);
  }

  /** The columns that are written. */
  OutputSchema output(StructType schema) {
    OutputSchema output =
        OutputSchema.of(
            FeatureColumns.of(schema, names()),
            names(),
            FeatureNames.UNNAMED,
            OptionalInt.of(global.size()),
            Choice.of(HandleInvalid.class, params.getHandleInvalid()));
    return params.getUnseenGroup().equals("null") ? output.nullable() : output;
  }

  private ColumnNames names() {
    ColumnNames names =
        ColumnNames.of(
            set(params.inputCol(), String.class),
            set(params.inputCols(), String[].class),
            set(params.outputCol(), String.class),
            set(params.outputCols(), String[].class),
            params.getOutputCol());
    return direction == Direction.NORMALIZING ? names : names.reversed();
  }

  private <T> Optional<T> set(Param<?> param, Class<T> type) {
    return params.isSet(param)
        ? Optional.of(type.cast(params.getOrDefault(param)))
        : Optional.empty();
  }
}
