package batchnorm.spark.columns;

import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;

/** Type of a column that holds features. */
public enum ColumnKind {
  /** A Spark ML vector, dense or sparse. */
  VECTOR,
  /** An {@code array<double>}. */
  DOUBLE_ARRAY,
  /** An {@code array<float>}; the output is one, too. */
  FLOAT_ARRAY,
  /** One number: any integer, floating-point or decimal type, or a boolean as 0 and 1. */
  NUMBER;

  /** Returns the type of an output column of all features, given the input's {@code type}. */
  DataType written(DataType type) {
    return this == DOUBLE_ARRAY || this == FLOAT_ARRAY ? type : SQLDataTypes.VectorType();
  }

  /** The kind of a column of {@code type}, if it can hold features. */
  public static Optional<ColumnKind> of(DataType type) {
    if (type.equals(SQLDataTypes.VectorType())) {
      return Optional.of(VECTOR);
    }
    if (type instanceof ArrayType array && array.elementType() instanceof DoubleType) {
      return Optional.of(DOUBLE_ARRAY);
    }
    if (type instanceof ArrayType array && array.elementType() instanceof FloatType) {
      return Optional.of(FLOAT_ARRAY);
    }
    if (type instanceof NumericType || type instanceof BooleanType) {
      return Optional.of(NUMBER);
    }
    return Optional.empty();
  }
}
