package batchnorm.spark.moments;

/**
 * Alternatives to the exact sums, for comparison: rounded methods, and other ways to compute exact
 * sums.
 */
public enum Kernels {
  /** Count, mean and squared deviations with a division a value; rounds. */
  WELFORD {
    @Override
    Kernel create() {
      return new Welford();
    }
  },
  /** The product's: {@link BlockSums}. */
  BLOCKS {
    @Override
    Kernel create() {
      BlockSums sums = new BlockSums();
      FeatureSums column = new FeatureSums();
      return (values, from) -> sums.add(values, from, BlockSums.MAX_VALUES, column);
    }
  },
  /** {@link ExponentBins} alone. */
  BINS {
    @Override
    Kernel create() {
      ExponentBins bins = new ExponentBins();
      FeatureSums column = new FeatureSums();
      return (values, from) -> bins.add(values, from, BlockSums.MAX_VALUES, column);
    }
  },
  /** A window whose carries are found by unsigned comparison. */
  CARRIES {
    @Override
    Kernel create() {
      return new CarryWindow();
    }
  },
  /** A window in two loops: integers first, then their squares. */
  TWO_LOOPS {
    @Override
    Kernel create() {
      return new TwoLoopWindow();
    }
  },
  /** A window of 62 bits, squares of 124 bits in halves of words. */
  WINDOW_62 {
    @Override
    Kernel create() {
      return new WideWindow();
    }
  },
  /** Chunks of 22 bits in floating point, one loop a product. */
  CHUNKS {
    @Override
    Kernel create() {
      return new Chunks();
    }
  };

  abstract Kernel create();
}
