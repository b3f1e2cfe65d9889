package batchnorm.spark.transform;

import batchnorm.spark.fit.DoubleRow;
import batchnorm.spark.fit.VectorStruct;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/** Maps several numeric columns to one dense vector; null becomes NaN. */
final class NumbersMapper extends FeatureMapper implements RowFunction {
  private static final long serialVersionUID = 1L;

  NumbersMapper(Placement placement, List<String> columns, boolean strict) {
    super(placement, columns, strict);
  }

  @Override
  public DataType dataType() {
    return SQLDataTypes.VectorType();
  }

  @Override
  public InternalRow apply(InternalRow row, int[] ordinals, boolean[] longs, Object place) {
    Coefficients coefficients = placement().at(place);
    int size = size();
    int offset = DoubleRow.offset(size);
    double[] words = DoubleRow.allocate(size);
    for (int j = 0; j < size; j++) {
      int ordinal = ordinals[j];
      if (longs[j] && !row.isNullAt(ordinal)) {
        words[offset + j] = coefficients.image(j, row.getLong(ordinal));
      } else {
        double x = row.isNullAt(ordinal) ? Double.NaN : row.getDouble(ordinal);
        refuse(j, x);
        words[offset + j] = coefficients.image(j, x);
      }
    }
    return VectorStruct.dense(DoubleRow.array(words));
  }
}
