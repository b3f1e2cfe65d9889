package batchnorm.spark.fit;

import batchnorm.spark.errors.VectorFaults;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Spark ML vector as a row of the public API: the struct that {@link #column} returns. It rejects
 * the same structs as {@link VectorStruct}.
 */
public record PublicVector(Row struct) implements StoredVector {
  /** Fields of {@code VectorUDT}, all nullable, since other writers may store nulls. */
  private static final String TYPE_OF_STRUCT =
      "struct<type: tinyint, size: int, indices: array<int>, values: array<double>>";

  private static final int TYPE = 0;
  private static final int SIZE = 1;
  private static final int INDICES = 2;
  private static final int VALUES = 3;

  /** Returns a column of vectors as structs, which keep their nulls. */
  public static Column column(Column vectors) {
    return functions.unwrap_udt(vectors).cast(TYPE_OF_STRUCT);
  }

  @Override
  public boolean isDense() {
    return VectorType.isDense(struct.isNullAt(TYPE) ? VectorType.NULL : struct.getByte(TYPE));
  }

  @Override
  public double[] doubles() {
    if (struct.isNullAt(VALUES)) {
      throw new MalformedVector(VectorFaults.noValues());
    }
    return doubles(struct.<Double>getList(VALUES));
  }

  @Override
  public SparseEntries entries() {
    double[] values = doubles();
    if (struct.isNullAt(INDICES)) {
      throw new MalformedVector(VectorFaults.noIndices());
    }
    if (struct.isNullAt(SIZE)) {
      throw new MalformedVector(VectorFaults.noSize());
    }
    int[] indices =
        struct.<Integer>getList(INDICES).stream()
            .mapToInt(index -> index == null ? SparseEntries.NULL_INDEX : index)
            .toArray();
    return SparseEntries.of(struct.getInt(SIZE), indices, values);
  }

  /** Returns {@code elements} as doubles; null is NaN. */
  static double[] doubles(List<? extends Number> elements) {
    double[] doubles = new double[elements.size()];
    int j = 0;
    for (Number element : elements) {
      doubles[j++] = element == null ? Double.NaN : element.doubleValue();
    }
    return doubles;
  }
}
