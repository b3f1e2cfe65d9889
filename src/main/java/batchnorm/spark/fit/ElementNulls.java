package batchnorm.spark.fit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;

/**
 * Checks in one step that the elements of an array in a column have no nulls. The array's column
 * has this information for a whole batch, but Spark's array does not expose its column. If the
 * column cannot be accessed, elements are checked one by one.
 */
final class ElementNulls {
  private static final VarHandle COLUMN = column();

  private ElementNulls() {}

  /** Returns whether {@code array} may have nulls; false is certain. */
  static boolean mayBeIn(ArrayData array) {
    return COLUMN == null
        || !(array instanceof ColumnarArray columnar)
        || ((ColumnVector) COLUMN.get(columnar)).hasNull();
  }

  private static VarHandle column() {
    try {
      return MethodHandles.privateLookupIn(ColumnarArray.class, MethodHandles.lookup())
          .findVarHandle(ColumnarArray.class, "data", ColumnVector.class);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
