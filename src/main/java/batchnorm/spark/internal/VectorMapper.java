package batchnorm.spark.internal;

import batchnorm.spark.moments.AffineMap;
import batchnorm.spark.moments.Finite;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps vectors: dense to dense; sparse to sparse where zeros stay zeros, else to dense. */
public final class VectorMapper extends FeatureMapper {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNormModel");

  /** Above this many features a sparse vector that becomes dense is worth a warning. */
  private static final int LARGE = 100_000;

  private final boolean keepsZeros;
  private transient double[] imageOfZeros;

  VectorMapper(SharedMap shared, List<String> columns, boolean strict) {
    super(shared, columns, strict);
    keepsZeros = shared.map().keepsZeros();
  }

  /**
   * Called by generated code, which types a user-defined type's value as Object.
   *
   * @return the struct of the mapped vector, or null for null
   */
  public InternalRow apply(Object struct) {
    if (struct == null) {
      refuseAbsent();
      return null;
    }
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    requireSize(vector.size());
    if (vector.isDense()) {
      return mapDense(vector.values());
    }
    return keepsZeros ? mapSparse(vector) : spread(vector);
  }

  private InternalRow mapDense(ArrayData values) {
    double[] row = values.toDoubleArray();
    if (isStrict() && !Finite.areAll(row)) {
      for (int j = 0; j < row.length; j++) {
        refuse(j, row[j]);
      }
    }
    double[] words = DoubleRow.allocate(row.length);
    map().apply(row, words, DoubleRow.offset(row.length));
    return VectorStruct.dense(DoubleRow.array(words));
  }

  private InternalRow mapSparse(VectorStruct vector) {
    AffineMap map = map();
    int[] indices = vector.indices().toIntArray();
    double[] values = vector.values().toDoubleArray();
    for (int k = 0; k < values.length; k++) {
      refuse(indices[k], values[k]);
      values[k] = map.apply(indices[k], values[k]);
    }
    return VectorStruct.sparse(
        size(),
        UnsafeArrayData.fromPrimitiveArray(indices),
        UnsafeArrayData.fromPrimitiveArray(values));
  }

  private InternalRow spread(VectorStruct vector) {
    AffineMap map = map();
    int[] indices = vector.indices().toIntArray();
    ArrayData values = vector.values();
    double[] words = imageOfZeros().clone();
    int offset = DoubleRow.offset(size());
    for (int k = 0; k < indices.length; k++) {
      double x = values.getDouble(k);
      refuse(indices[k], x);
      words[offset + indices[k]] = map.apply(indices[k], x);
    }
    return VectorStruct.dense(DoubleRow.array(words));
  }

  private double[] imageOfZeros() {
    if (imageOfZeros == null) {
      if (size() > LARGE) {
        warnOfSize();
      }
      double[] words = DoubleRow.allocate(size());
      int offset = DoubleRow.offset(size());
      for (int j = 0; j < size(); j++) {
        words[offset + j] = map().apply(j, 0);
      }
      imageOfZeros = words;
    }
    return imageOfZeros;
  }

  /** Once a task at most, when its first sparse vector comes. */
  private void warnOfSize() {
    LOG.warn(
        "Sparse vectors of {} features become dense, {} MB each, because zeros do not stay zeros; set "
            + "withMean to false, and no beta, to keep them sparse",
        size(),
        Math.round(size() * (double) Double.BYTES / 1_000_000));
  }
}
