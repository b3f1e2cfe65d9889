package batchnorm.spark.transform;

import batchnorm.spark.fit.MalformedVector;
import batchnorm.spark.fit.VectorStruct;
import batchnorm.spark.moments.Finite;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Tells whether all features of a row are there and finite; one without features is not. */
public final class FiniteCheck implements RowFunction {
  private static final long serialVersionUID = 1L;

  /** The check of numbers, each of a column of its own. */
  static final FiniteCheck OF_NUMBERS = new FiniteCheck("");

  private final String column;

  /** Returns a check of vectors or arrays in {@code column}, which errors name. */
  public FiniteCheck(String column) {
    this.column = column;
  }

  /** Called by generated code, which types a user-defined type's value as Object. */
  public boolean vector(Object struct) {
    if (struct == null) {
      return false;
    }
    VectorStruct vector = new VectorStruct((InternalRow) struct);
    try {
      return vector.isDense() ? doubles(vector.values()) : Finite.areAll(vector.entries().values());
    } catch (MalformedVector e) {
      throw e.in(column);
    }
  }

  /** Called by generated code. */
  public boolean doubles(ArrayData array) {
    if (array == null) {
      return false;
    }
    for (int j = 0; j < array.numElements(); j++) {
      if (array.isNullAt(j) || !Finite.is(array.getDouble(j))) {
        return false;
      }
    }
    return true;
  }

  /** Called by generated code. */
  public boolean floats(ArrayData array) {
    if (array == null) {
      return false;
    }
    for (int j = 0; j < array.numElements(); j++) {
      if (array.isNullAt(j) || !Finite.is(array.getFloat(j))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Boolean apply(InternalRow row, int[] ordinals, boolean[] longs, Object place) {
    for (int j = 0; j < ordinals.length; j++) {
      int ordinal = ordinals[j];
      if (row.isNullAt(ordinal) || !longs[j] && !Finite.is(row.getDouble(ordinal))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public DataType dataType() {
    return DataTypes.BooleanType;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FiniteCheck check && column.equals(check.column);
  }

  @Override
  public int hashCode() {
    return column.hashCode();
  }

  @Override
  public String toString() {
    return "finite";
  }
}
