package batchnorm.spark.fit;

import batchnorm.spark.errors.FitErrors;
import org.apache.spark.TaskContext;

/** Signals a vector that {@link VectorStruct} rejects; the message describes the fault. */
public final class MalformedVector extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedVector(String fault) {
    super(fault, null, false, false);
  }

  /** Returns the error of a transform for such a vector in {@code column}. */
  public IllegalArgumentException in(String column) {
    return FitErrors.malformedVector(column, TaskContext.getPartitionId(), getMessage());
  }
}
