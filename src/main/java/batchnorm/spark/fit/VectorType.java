package batchnorm.spark.fit;

import batchnorm.spark.errors.VectorFaults;

/** First field of a stored vector, which defines the meaning of the others. */
public final class VectorType {
  static final byte SPARSE = 0;
  static final byte DENSE = 1;

  /** Stands for null in a copy. */
  public static final byte NULL = Byte.MIN_VALUE;

  private VectorType() {}

  /**
   * Returns whether {@code type} is the type of dense vectors.
   *
   * @throws MalformedVector if it is not the type of sparse vectors either
   */
  public static boolean isDense(byte type) {
    if (type == NULL) {
      throw new MalformedVector(VectorFaults.noType());
    }
    if (type != DENSE && type != SPARSE) {
      throw new MalformedVector(VectorFaults.unknownType(type));
    }
    return type == DENSE;
  }
}
