package batchnorm.spark.cluster;

import java.util.concurrent.CountDownLatch;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.api.java.UDF1;

/** A function that returns its argument, except in the first attempt of a task. */
enum InjectedFault implements UDF1<Double, Double> {
  /** Each task fails once. */
  TASK_FAILURE {
    @Override
    void firstAttempt(int partition) {
      throw new IllegalStateException("injected");
    }
  },
  /** Ends the executor of the first task. */
  OUT_OF_MEMORY {
    @Override
    void firstAttempt(int partition) {
      if (partition == 0) {
        throw new OutOfMemoryError("injected");
      }
    }
  },
  /** The first task ends only when Spark kills it, after a speculative copy has succeeded. */
  STRAGGLER {
    @Override
    void firstAttempt(int partition) throws InterruptedException {
      if (partition == 0) {
        new CountDownLatch(1).await();
      }
    }
  };

  abstract void firstAttempt(int partition) throws InterruptedException;

  @Override
  public Double call(Double value) throws InterruptedException {
    TaskContext task = TaskContext.get();
    if (task.attemptNumber() == 0) {
      firstAttempt(task.partitionId());
    }
    return value;
  }
}
