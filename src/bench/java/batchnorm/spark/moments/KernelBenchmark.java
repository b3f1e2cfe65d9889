package batchnorm.spark.moments;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds a value: one feature, block after block. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class KernelBenchmark {
  private static final int BLOCKS = 16;
  private static final int VALUES = BLOCKS * BlockSums.MAX_VALUES;

  @Param public Kernels kernel;

  @Param public Values values;

  private Kernel sums;
  private double[] x;

  @Setup
  public void prepare() {
    sums = kernel.create();
    x = values.draw(VALUES);
  }

  @Benchmark
  @OperationsPerInvocation(VALUES)
  public Object add() {
    for (int block = 0; block < BLOCKS; block++) {
      sums.add(x, block * BlockSums.MAX_VALUES);
    }
    return sums;
  }
}
