package batchnorm.spark.moments;

import java.util.Random;

/** The kinds of values a kernel is measured with. */
public enum Values {
  UNIFORM {
    @Override
    double next(Random random) {
      return 10 * random.nextDouble();
    }
  },
  NORMAL {
    @Override
    double next(Random random) {
      return random.nextGaussian();
    }
  },
  INTEGERS {
    @Override
    double next(Random random) {
      return random.nextInt(1000);
    }
  },
  FLOATS {
    @Override
    double next(Random random) {
      return random.nextFloat();
    }
  },
  LOGNORMAL {
    @Override
    double next(Random random) {
      return Math.exp(2 * random.nextGaussian());
    }
  },
  /** Uniform, a tenth of them missing. */
  MISSING {
    @Override
    double next(Random random) {
      return random.nextInt(10) == 0 ? Double.NaN : 10 * random.nextDouble();
    }
  };

  abstract double next(Random random);

  double[] draw(int count) {
    Random random = new Random(1);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = next(random);
    }
    return values;
  }
}
