package batchnorm.spark.transform;

import batchnorm.spark.fit.DoubleRow;
import batchnorm.spark.fit.MalformedVector;
import batchnorm.spark.fit.SparseEntries;
import batchnorm.spark.fit.VectorStruct;
import batchnorm.spark.moments.Doubles;
import batchnorm.spark.normalize.Coefficients;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps vectors to vectors, or their elements to columns. A dense vector stays dense. A sparse one
 * stays sparse if the row's coefficients map 0 to 0 for every feature; otherwise it becomes dense.
 */
public final class VectorMapper extends SingleFeatureMapper {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger("batchnorm.spark.BatchNormModel");

  /** Number of features above which a warning is logged if sparse vectors become dense. */
  private static final int LARGE = 100_000;

  private transient boolean warned;

  VectorMapper(Placement placement, List<String> columns, boolean failOnInvalid) {
    super(placement, columns, failOnInvalid);
  }

  static SingleFeatureMapper of(Placement placement, List<String> columns, boolean failOnInvalid) {
    return new VectorMapper(placement, columns, failOnInvalid);
  }

  /**
   * Called by generated code, in which the value of a user-defined type has type Object.
   *
   * @return the struct of the mapped vector, or null for null
   */
  public InternalRow apply(Object struct, Coefficients coefficients) {
    if (struct == null) {
      refuseAbsent();
      return null;
    }
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    try {
      return vector.isDense()
          ? mapDense(vector.values(), coefficients)
          : mapEntries(vector.entries(), coefficients);
    } catch (MalformedVector e) {
      throw e.in(column());
    }
  }

  /** Returns element {@code j}; called by generated code. */
  public double read(Object struct, int j) {
    if (struct == null) {
      refuseAbsent();
    }
    double x = element(new VectorStruct((InternalRow) struct), j);
    refuse(j, x);
    return x;
  }

  @Override
  double readBoxed(Object value, int feature) {
    return read(value, feature);
  }

  private double element(VectorStruct vector, int j) {
    try {
      if (vector.isDense()) {
        ArrayData values = vector.values();
        requireSize(values.numElements());
        return VectorStruct.doubleAt(values, j);
      }
      SparseEntries entries = vector.entries();
      requireSize(entries.size());
      return entries.value(j);
    } catch (MalformedVector e) {
      throw e.in(column());
    }
  }

  /** Called by generated code, in which the value of a user-defined type has type Object. */
  public boolean isFinite(Object struct) {
    if (struct == null) {
      return false;
    }
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    try {
      return vector.isDense()
          ? ArrayMapper.areFinite(vector.values())
          : Doubles.allFinite(vector.entries().values());
    } catch (MalformedVector e) {
      throw e.in(column());
    }
  }

  private InternalRow mapDense(ArrayData values, Coefficients coefficients) {
    requireSize(values.numElements());
    double[] row = VectorStruct.doubles(values);
    if (failsOnInvalid() && !Doubles.allFinite(row)) {
      for (int j = 0; j < row.length; j++) {
        refuse(j, row[j]);
      }
    }
    double[] words = DoubleRow.allocate(row.length);
    coefficients.writeImages(row, words, DoubleRow.offset(row.length));
    return VectorStruct.dense(DoubleRow.array(words));
  }

  private InternalRow mapEntries(SparseEntries entries, Coefficients coefficients) {
    requireSize(entries.size());
    return coefficients.keepsZeros()
        ? mapSparse(entries, coefficients)
        : spread(entries, coefficients);
  }

  private InternalRow mapSparse(SparseEntries entries, Coefficients coefficients) {
    int[] indices = entries.indices();
    double[] values = entries.values();
    for (int k = 0; k < values.length; k++) {
      refuse(indices[k], values[k]);
      values[k] = coefficients.image(indices[k], values[k]);
    }
    return VectorStruct.sparse(
        size(),
        UnsafeArrayData.fromPrimitiveArray(indices),
        UnsafeArrayData.fromPrimitiveArray(values));
  }

  private InternalRow spread(SparseEntries entries, Coefficients coefficients) {
    int[] indices = entries.indices();
    double[] values = entries.values();
    warnOfSize();
    double[] words = DoubleRow.allocate(size());
    int offset = DoubleRow.offset(size());
    System.arraycopy(coefficients.imagesOfZeros(), 0, words, offset, size());
    for (int k = 0; k < indices.length; k++) {
      double x = values[k];
      refuse(indices[k], x);
      words[offset + indices[k]] = coefficients.image(indices[k], x);
    }
    return VectorStruct.dense(DoubleRow.array(words));
  }

  /** Warns, at most once per task, if sparse vectors of many features become dense. */
  private void warnOfSize() {
    if (warned || size() <= LARGE) {
      return;
    }
    warned = true;
    LOG.warn(
        "Sparse vectors of {} features become dense, {} MB each, because zeros are not mapped to "
            + "zeros; set withMean to false, and no beta, to keep them sparse",
        size(),
        Math.round(size() * (double) Double.BYTES / 1_000_000));
  }
}
