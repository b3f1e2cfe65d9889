package batchnorm.spark.transform;

import batchnorm.spark.compat.Invocation;
import batchnorm.spark.normalize.Coefficients;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.ObjectType;

/**
 * Maps columns of one kind by expressions that call it, and tells whether their features are
 * finite.
 *
 * <p>Generated code calls {@code apply} of a class with the column's value and the coefficients of
 * the row, and {@code isFinite} with the value. Where missing and infinite values are errors,
 * {@code apply} is called for null too and refuses it, so its result is never null; where not, null
 * gives null.
 */
abstract class ColumnMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  ColumnMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  /**
   * Returns the images of all features in one column.
   *
   * @param inputs the columns that hold the features
   * @param place the place of a row; null where all have the same coefficients
   * @param type the type of the images
   */
  Expression mapped(List<Expression> inputs, Expression place, DataType type) {
    Expression coefficients =
        Invocation.of(
            placement(),
            "coefficients",
            new ObjectType(Coefficients.class),
            false,
            place == null ? List.of() : List.of(place));
    List<Expression> arguments = new ArrayList<>(inputs);
    arguments.add(coefficients);
    return Invocation.of(this, "apply", type, !isStrict(), arguments);
  }

  /** Returns whether all features of a row are there and finite. */
  Expression finite(List<Expression> inputs) {
    return Invocation.of(this, "isFinite", DataTypes.BooleanType, false, inputs);
  }
}
